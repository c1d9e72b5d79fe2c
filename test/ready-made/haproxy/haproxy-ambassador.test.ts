import { App, Chart, Duration, Testing, Yaml } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { ConfigChange, HaproxyAmbassador, HelperKind, ManifestApp } from '../../../lib';
import { Manifest } from '../../../lib/values/pod';
import { deployment, podSpecOf, synthErrors, synthManifests, synthPodSpec, template } from '../../support/workloads';

const servers = [{ name: 'redis1', host: 'redis', port: 6379 }];

test('an ambassador of few words is hardened, probed and listens for its pod only', () => {
  const chart = Testing.chart();

  new HaproxyAmbassador(deployment(chart), 'redis-proxy', { listen: 6379, servers });

  expect(Yaml.stringify(...(Testing.synth(chart) as Manifest[]))).toBe(`apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  selector:
    matchLabels:
      app: web
  template:
    metadata:
      labels:
        app: web
    spec:
      containers:
        - image: nginx:1.27
          name: app
        - image: haproxy:3.2.21
          name: redis-proxy
          ports:
            - containerPort: 6379
            - containerPort: 8404
          readinessProbe:
            httpGet:
              path: /healthz
              port: 8404
          resources:
            requests:
              cpu: 10m
              memory: 32Mi
          securityContext:
            allowPrivilegeEscalation: false
            capabilities:
              drop:
                - ALL
            readOnlyRootFilesystem: true
            runAsNonRoot: true
            runAsUser: 99
            seccompProfile:
              type: RuntimeDefault
          startupProbe:
            failureThreshold: 30
            httpGet:
              path: /healthz
              port: 8404
            periodSeconds: 1
          volumeMounts:
            - mountPath: /usr/local/etc/haproxy
              name: redis-proxy-config
      volumes:
        - configMap:
            name: test-web-redis-proxy-config-29d5542bbf-c8e4c42b
          name: redis-proxy-config
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: test-web-redis-proxy-config-29d5542bbf-c8e4c42b
data:
  haproxy.cfg: |
    global
        maxconn 256

    defaults
        mode tcp
        timeout connect 5000ms
        timeout client 50000ms
        timeout server 50000ms

    frontend redis-proxy-in
        bind 127.0.0.1:6379
        default_backend redis-proxy-backend

    frontend health
        mode http
        bind *:8404
        monitor-uri /healthz

    backend redis-proxy-backend
        server redis1 redis:6379 check fastinter 500ms downinter 500ms
immutable: true
`);
});

test('a container of its own appears exactly as it was given, with the configuration mounted', () => {
  const chart = Testing.chart();

  const proxy = new HaproxyAmbassador(deployment(chart), 'redis-proxy', {
    container: { name: 'proxy', image: 'haproxy:2.4', ports: [{ containerPort: 6379 }] },
    listen: 6379,
    servers,
    configMapName: 'redis-proxy-config',
    configVolumeName: 'proxy-config',
  });

  const { containers, volumes } = synthPodSpec(chart);
  expect(containers?.[1]).toStrictEqual({
    name: 'proxy',
    image: 'haproxy:2.4',
    ports: [{ containerPort: 6379 }],
    volumeMounts: [{ name: 'proxy-config', mountPath: '/usr/local/etc/haproxy' }],
  });
  expect(volumes).toStrictEqual([{ name: 'proxy-config', configMap: { name: 'redis-proxy-config' } }]);
  expect(JSON.stringify(proxy.configMap.toJson())).not.toContain('frontend health');
});

test('the probes ask on the port that was chosen', () => {
  const chart = Testing.chart();

  const proxy = new HaproxyAmbassador(deployment(chart), 'proxy', { listen: 6379, servers, healthPort: 9000 });

  const container = synthPodSpec(chart).containers?.[1];
  expect(container?.readinessProbe).toStrictEqual({ httpGet: { path: '/healthz', port: 9000 } });
  expect(container?.ports).toStrictEqual([{ containerPort: 6379 }, { containerPort: 9000 }]);
  expect(JSON.stringify(proxy.configMap.toJson())).toContain('bind *:9000');
});

test('the main container is sent to localhost, and readers are told what is behind it', () => {
  const chart = Testing.chart();

  const proxy = new HaproxyAmbassador(deployment(chart), 'proxy', {
    listen: 6379,
    servers: [...servers, { name: 'redis2', host: 'fd00::2', port: 6380 }],
    env: { REDIS_URL: 'redis://{host}:{port}/0' },
  });

  expect(synthPodSpec(chart).containers?.[0].env).toStrictEqual([
    { name: 'REDIS_URL', value: 'redis://localhost:6379/0' },
  ]);
  expect(proxy.listeners).toMatchObject([{ port: 6379, address: '127.0.0.1', upstream: 'redis:6379, [fd00::2]:6380' }]);
});

test('further services have ports of their own, and variables of the main container', () => {
  const chart = Testing.chart();

  const { listeners, configMap } = new HaproxyAmbassador(deployment(chart), 'db', {
    listen: 5432,
    servers: [{ name: 'primary', host: 'db-rw', port: 5432 }],
    env: { DB: '{host}:{port}' },
    furtherServices: [
      {
        serviceName: 'reads',
        listen: 5433,
        servers: [
          { name: 'a', host: 'db-a', port: 5432 },
          { name: 'b', host: 'db-b', port: 5432 },
        ],
        env: { DB_READ: '{host}:{port}' },
      },
    ],
  });

  const [app, proxy] = synthPodSpec(chart).containers ?? [];
  expect(app.env).toStrictEqual([
    { name: 'DB', value: 'localhost:5432' },
    { name: 'DB_READ', value: 'localhost:5433' },
  ]);
  expect(proxy.ports).toStrictEqual([5432, 5433, 8404].map((containerPort) => ({ containerPort })));
  expect(listeners).toMatchObject([
    { port: 5432, upstream: 'db-rw:5432' },
    { port: 5433, upstream: 'db-a:5432, db-b:5432' },
  ]);
  // Each of them is looked for often enough.
  const { data } = configMap.toJson() as { data: Record<string, string> };
  expect(data['haproxy.cfg'].match(/downinter 500ms/g)).toHaveLength(3);
});

test('a server of which nothing is said by undefined is checked as quickly', () => {
  const chart = Testing.chart();
  new HaproxyAmbassador(deployment(chart), 'redis-proxy', {
    listen: 6379,
    servers: [{ ...servers[0], downCheckInterval: undefined }],
  });

  expect(Yaml.stringify(...(Testing.synth(chart) as Manifest[]))).toContain('downinter 500ms');
});

test('as a native sidecar it is there before the main container starts', () => {
  const chart = Testing.chart();

  new HaproxyAmbassador(deployment(chart), 'proxy', { listen: 6379, servers, kind: HelperKind.NATIVE_SIDECAR });

  expect(synthPodSpec(chart).initContainers).toMatchObject([
    { name: 'proxy', restartPolicy: 'Always', startupProbe: { httpGet: { port: 8404 }, periodSeconds: 1 } },
  ]);
});

describe('two of the same settings', () => {
  test('can share one ConfigMap', () => {
    const chart = Testing.chart();
    const one = new HaproxyAmbassador(deployment(chart, 'one'), 'proxy', { listen: 6379, servers });
    new HaproxyAmbassador(deployment(chart, 'two'), 'proxy', { listen: 6379, servers, sharedFrom: one });

    const manifests = synthManifests(chart);
    expect(manifests.map(({ kind }) => kind)).toStrictEqual(['Deployment', 'ConfigMap', 'Deployment']);
    const volumes = [{ name: 'proxy-config', configMap: { name: one.configMap.name } }];
    expect([manifests[0], manifests[2]].map((manifest) => podSpecOf(manifest).volumes)).toStrictEqual([
      volumes,
      volumes,
    ]);
  });

  test('can share one under names of their own', () => {
    const chart = Testing.chart();
    const one = new HaproxyAmbassador(deployment(chart, 'one'), 'proxy', { listen: 6379, servers });
    const two = new HaproxyAmbassador(deployment(chart, 'two'), 'cache', { listen: 6379, servers, sharedFrom: one });
    const three = new HaproxyAmbassador(deployment(chart, 'three'), 'redis', {
      listen: 6379,
      servers,
      sharedFrom: two,
    });

    expect(three.configMap).toBe(one.configMap);
    expect(three.containerName).toBe('redis');
  });

  describe('of which one is for a Job', () => {
    const message = (own: string, other: string): string =>
      `${own}: cannot share the config of ${other}, as a Job or Pod cannot be given another ConfigMap when the content ` +
      `changes, which ConfigChange.REPLACE does; give ${other} "onChange: ConfigChange.RESTART", or leave out "sharedFrom"`;
    const job = (scope: Construct): Construct =>
      new k8s.KubeJob(scope, 'job', { spec: { template: template('job', { restartPolicy: 'Never' }) } });

    test('cannot share one that is replaced, whichever is first', () => {
      const chart = Testing.chart();
      const one = new HaproxyAmbassador(deployment(chart, 'one'), 'proxy', { listen: 6379, servers });
      const ofJob = new HaproxyAmbassador(job(chart), 'own', { listen: 6379, servers, serviceName: 'proxy' });

      expect(() => new HaproxyAmbassador(ofJob.workload, 'proxy', { listen: 6379, servers, sharedFrom: one })).toThrow(
        message('test/job/proxy', 'test/one/proxy'),
      );
      expect(
        () => new HaproxyAmbassador(deployment(chart, 'two'), 'proxy', { listen: 6379, servers, sharedFrom: ofJob }),
      ).toThrow(message('test/two/proxy', 'test/job/own'));
    });

    test('can share one whose pods start anew when it changes', () => {
      const chart = Testing.chart();
      const onChange = ConfigChange.RESTART;
      const one = new HaproxyAmbassador(deployment(chart, 'one'), 'proxy', { listen: 6379, servers, onChange });
      const two = new HaproxyAmbassador(job(chart), 'proxy', { listen: 6379, servers, sharedFrom: one });

      expect(two.configMap).toBe(one.configMap);
    });
  });

  test('cannot share one of another namespace', () => {
    const [here, there] = [Testing.chart(), new Chart(Testing.app(), 'there', { namespace: 'there' })];
    const one = new HaproxyAmbassador(deployment(here, 'one'), 'proxy', { listen: 6379, servers });

    expect(() => new HaproxyAmbassador(deployment(there), 'proxy', { listen: 6379, servers, sharedFrom: one })).toThrow(
      'there/web/proxy: cannot share the config of test/one/proxy, which is in another app or namespace',
    );
  });

  test('cannot share one where their settings differ', () => {
    const chart = Testing.chart();
    const one = new HaproxyAmbassador(deployment(chart, 'one'), 'proxy', { listen: 6379, servers });

    expect(
      () => new HaproxyAmbassador(deployment(chart, 'two'), 'proxy', { listen: 6380, servers, sharedFrom: one }),
    ).toThrow(
      'test/two/proxy: cannot share the config of test/one/proxy: "haproxy.cfg" differs; give both the same settings or leave out "sharedFrom"',
    );
  });
});

describe('the port on which it tells its health', () => {
  const app = { name: 'app', image: 'a' };

  test('is taken', () => {
    const chart = Testing.chart();
    const web = deployment(chart, 'web', { containers: [{ ...app, ports: [{ containerPort: 8404 }] }] });

    new HaproxyAmbassador(web, 'proxy', { listen: 6379, servers });

    expect(synthErrors(chart)).toStrictEqual([
      '[test/web] port-conflict: containers "app" and "proxy" both declare or listen on port 8404/TCP, but the ' +
        'containers of a pod share one network namespace; give one of them another port',
    ]);
  });

  test('is taken by a container of its own too, which does not declare it, but only where it is asked for', () => {
    const errors = (healthPort?: number) => {
      const chart = Testing.chart();
      const web = deployment(chart, 'web', {
        containers: [{ ...app, ports: [{ containerPort: 8404 }, { containerPort: 9000 }] }],
      });
      new HaproxyAmbassador(web, 'proxy', {
        container: { name: 'proxy', image: 'haproxy:3.2.21' },
        listen: 6379,
        servers,
        healthPort,
      });
      return synthErrors(chart);
    };

    expect(errors()).toStrictEqual([]);
    expect(errors(9000)).toStrictEqual([
      '[test/web] port-conflict: containers "app" and "proxy" both declare or listen on port 9000/TCP, but the ' +
        'containers of a pod share one network namespace; give one of them another port',
    ]);
  });
});

test('how long it takes to stop can be said once', () => {
  const web = deployment(Testing.chart());
  const props = {
    listen: 6379,
    servers,
    shutdownTimeout: Duration.seconds(10),
    shutdownDeadline: Duration.seconds(10),
  };

  expect(() => new HaproxyAmbassador(web, 'proxy', props)).toThrow(
    new Error(`test/web/proxy: no haproxy.cfg can be made:
  "shutdownTimeout" is how long HAProxy takes to stop; leave out "shutdownDeadline"`),
  );
});

test('a hard stop that the pod does not live to see is an error', () => {
  const chart = Testing.chart();

  new HaproxyAmbassador(deployment(chart), 'proxy', { listen: 6379, servers, shutdownTimeout: Duration.seconds(30) });

  expect(synthErrors(chart)).toStrictEqual([
    '[test/web] shutdown-deadline: test/web/proxy: container "proxy" may take 30 s to stop, but the pod is killed ' +
      "after 30 s; shorten it or raise the pod's terminationGracePeriodSeconds",
  ]);
});

test('all that is wrong with the settings is told at once, with the path of the construct', () => {
  const web = deployment(Testing.chart());

  expect(
    () =>
      new HaproxyAmbassador(web, 'redis proxy', {
        listen: 70000,
        servers: [],
        container: { name: 'proxy' },
        image: 'haproxy',
      }),
  ).toThrow(
    new Error(`test/web/redis proxy: no haproxy.cfg can be made:
  serviceName is "redis proxy"; HAProxy takes 1 to 253 letters, digits, "-", "_", "." and ":"
  listen is 70000; give a whole number from 1 to 65535
  there is no server to forward to; give at least one in "servers"
  "image" is that of the ready-made container, but "container" is given; say it there`),
  );
});

describe('a server that is a headless Service', () => {
  const service = (chart: Chart, id: string, clusterIp?: string) =>
    new k8s.KubeService(chart, id, { metadata: { name: 'redis' }, spec: { clusterIp, ports: [{ port: 6379 }] } });
  const haproxy = (chart: Chart, host: string, settings: object = {}) =>
    new HaproxyAmbassador(deployment(chart), 'redis-proxy', {
      listen: 6379,
      servers: [{ name: 'redis1', host, port: 6379 }],
      ...settings,
    });
  const errors = (app: App): string[] => {
    try {
      app.synth();
      return [];
    } catch (error) {
      return (error as Error).message
        .split('\n')
        .slice(1)
        .map((line) => line.trim());
    }
  };
  const errorsOf = (host: string, settings: object = {}): string[] => {
    const app = Testing.app();
    const chart = new Chart(app, 'shop', { namespace: 'shop' });
    haproxy(chart, host, settings);
    service(chart, 'service', 'None');
    return errors(app);
  };
  const wrong = (host: string): string =>
    `[shop/web/redis-proxy] server "redis1" is at "${host}", which HAProxy looks up at its start only, and ` +
    'shop/service is a headless Service, whose pods take their addresses with them when they are replaced; give ' +
    '"resolveAtRuntime: true" with the full name, such as db.shop.svc.cluster.local, or the Service a cluster IP';

  test.each([
    ...['redis', 'redis.shop', 'redis.shop.svc', 'redis.shop.svc.cluster.local', 'Redis.shop.svc.cluster.local.'],
    // One of its pods.
    ...['redis-0.redis', 'redis-0.redis.shop.svc.cluster.local'],
  ])('is an error, as HAProxy would not find the next pod: %s', (host) => {
    expect(errorsOf(host)).toStrictEqual([wrong(host)]);
  });

  test.each(['redis1', 'redis.other', 'redis.other.svc.cluster.local', 'redis.shop.example', '10.0.0.1', 'fd00::1'])(
    'is not meant by %s',
    (host) => {
      expect(errorsOf(host)).toStrictEqual([]);
    },
  );

  test('is fine where names are looked up again', () => {
    expect(errorsOf('redis.shop.svc.cluster.local', { resolveAtRuntime: true })).toStrictEqual([]);
  });

  test('is found in further services', () => {
    const servers = [{ name: 'redis1', host: 'redis', port: 6379 }];
    const furtherServices = [{ serviceName: 'reads', listen: 6380, servers }];
    expect(errorsOf('10.0.0.1', { furtherServices })).toStrictEqual([wrong('redis')]);
  });

  test.each([
    ['App', App],
    ['ManifestApp', ManifestApp],
  ])('is the one of its own chart, where other charts have one of the name, in an %s', (_, AppType) => {
    const app = new AppType({ outdir: Testing.app().outdir });
    const [test, production, clients] = ['test', 'production', 'clients'].map((id) => new Chart(app, id));
    service(test, 'service');
    haproxy(test, 'redis');
    service(production, 'service', 'None');
    haproxy(production, 'redis');
    // Nobody knows which is meant.
    haproxy(clients, 'redis');

    const found = errors(app);
    expect(found).toStrictEqual([expect.stringMatching(/^\[production\/web\/redis-proxy\] .* production\/service is/)]);
    // An app can be synthesized again, and may have changed.
    service(clients, 'service', 'None');
    expect(errors(app)).toStrictEqual([...found, expect.stringMatching(/^\[clients\/web\/redis-proxy\] /)]);
  });

  test('is asked for once, however many ask', () => {
    const app = Testing.app();
    const chart = new Chart(app, 'shop');
    Array.from({ length: 3 }, (_, index) => haproxy(new Chart(chart, `part-${index}`), 'redis'));
    const looks = jest.spyOn(app.node, 'findAll');
    chart.node.children.forEach((part) => {
      part.node.findAll().forEach((construct) => construct.node.validate());
    });
    expect(looks).toHaveBeenCalledTimes(1);
  });
});
