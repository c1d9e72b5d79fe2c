import { Duration, JsonPatch, Testing, Yaml } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import {
  ConfigChange,
  EnvoyAmbassador,
  EnvoyEdgeTls,
  EnvoySidecar,
  KubernetesVersion,
  NginxCacheAmbassador,
  PodChecks,
  PodRules,
} from '../../../lib';
import { Manifest } from '../../../lib/values/pod';
import { deployment, synthErrors, synthPodSpec } from '../../support/workloads';

const edge = { listen: 8443, tls: EnvoyEdgeTls.fromSecret('web-tls'), appPort: 8080 };
const plain = { ...edge, tls: EnvoyEdgeTls.plaintext() };

test('a sidecar of few words is hardened, probed and drained', () => {
  const chart = Testing.chart();

  new EnvoySidecar(deployment(chart), 'edge', edge);

  expect(Yaml.stringify(...(Testing.synth(chart) as Manifest[]))).toMatchSnapshot();
});

test('certificates are mounted by reference, with the keys that are needed', () => {
  const chart = Testing.chart();

  new EnvoySidecar(deployment(chart), 'edge', {
    ...edge,
    tls: EnvoyEdgeTls.fromSecret('web-tls', { clientCaSecret: 'web-tls' }),
  });

  expect(synthPodSpec(chart).volumes?.[0]).toStrictEqual({
    name: 'edge-secret-1',
    secret: {
      secretName: 'web-tls',
      items: ['tls.crt', 'tls.key', 'ca.crt'].map((key) => ({ key, path: key })),
    },
  });
});

test('a container of its own appears exactly as it was given, with the configuration mounted', () => {
  const chart = Testing.chart();
  const container = { name: 'envoy', image: 'envoyproxy/envoy:v1.36.2', ports: [{ containerPort: 8443 }] };

  const sidecar = new EnvoySidecar(deployment(chart), 'edge', {
    ...plain,
    container,
    configMapName: 'web-edge',
    configVolumeName: 'edge-config',
  });

  const { containers, volumes } = synthPodSpec(chart);
  expect(containers?.[1]).toStrictEqual({
    ...container,
    volumeMounts: [{ name: 'edge-config', mountPath: '/etc/envoy' }],
  });
  expect(volumes).toStrictEqual([{ name: 'edge-config', configMap: { name: 'web-edge' } }]);
  expect(JSON.stringify(sidecar.configMap.toJson())).not.toContain('envoy.health');
});

test('a Service finds its port by name, also one of another name', () => {
  const errors = (targetPort: string, settings: object = {}) => {
    const chart = Testing.chart();
    PodChecks.of(chart).checkAll();
    new EnvoySidecar(deployment(chart), 'edge', { ...edge, ...settings });
    new k8s.KubeService(chart, 'service', {
      metadata: { name: 'web' },
      spec: {
        selector: { app: 'web' },
        ports: [{ port: 443, targetPort: k8s.IntOrString.fromString(targetPort) }],
      },
    });
    return synthErrors(chart);
  };

  expect(errors('https')).toStrictEqual([]);
  expect(errors('http', { tls: EnvoyEdgeTls.plaintext() })).toStrictEqual([]);
  expect(errors('web', { portName: 'web' })).toStrictEqual([]);
  expect(errors('http')).toHaveLength(1);
});

test('as a native sidecar it starts before the app, for which it does not wait', () => {
  const chart = Testing.chart();
  KubernetesVersion.target(chart, '1.33');

  new EnvoySidecar(deployment(chart), 'edge', edge);

  expect(synthPodSpec(chart).initContainers).toMatchObject([
    {
      name: 'edge',
      restartPolicy: 'Always',
      startupProbe: { httpGet: { path: '/started', port: 9912 } },
      readinessProbe: { httpGet: { path: '/ready', port: 9912 } },
    },
  ]);
  expect(synthErrors(chart)).toStrictEqual([]);
});

test('an ambassador of the same engine is fine in the same pod, a second one of its kind with ports of its own', () => {
  const errors = (second: object) => {
    const chart = Testing.chart();
    const web = deployment(chart);
    new EnvoyAmbassador(web, 'proxy', { services: [{ listen: 8081, upstreams: ['http://orders'] }] });
    new EnvoySidecar(web, 'edge', edge);
    new EnvoySidecar(web, 'other', { ...edge, listen: 9443, appPort: 9090, ...second });
    return synthErrors(chart);
  };

  expect(errors({ healthPort: 9922, adminPort: 9921, portName: 'other' })).toStrictEqual([]);
  expect(errors({ portName: 'other' })).toStrictEqual(
    ['9912', '9911'].map((port) => expect.stringContaining(`listen on port ${port}/TCP`) as string),
  );
});

test('a port that another container has is an error, and one that needs root as well', () => {
  const errors = (settings: object) => {
    const chart = Testing.chart();
    const ports = [{ containerPort: 8443 }];
    const web = deployment(chart, 'web', { containers: [{ name: 'app', image: 'registry.example/app:1', ports }] });
    new EnvoySidecar(web, 'edge', { ...edge, ...settings });
    return synthErrors(chart);
  };

  expect(errors({})).toStrictEqual([expect.stringContaining('8443')]);
  expect(errors({ listen: 443 })).toStrictEqual([expect.stringContaining('let it listen on one from 1024 on')]);
  expect(errors({ listen: 9443 })).toStrictEqual([]);
});

test('the port that the app has to listen on is taken, by the container that it is in front of', () => {
  const errors = (settings: object, ports: k8s.ContainerPort[] = []) => {
    const chart = Testing.chart();
    const app = { name: 'app', image: 'registry.example/app:1', ports };
    const web = deployment(chart, 'web', { containers: [app, { name: 'other', image: 'registry.example/other:1' }] });
    new EnvoySidecar(web, 'edge', { ...edge, ...settings });
    new NginxCacheAmbassador(web, 'cache', { upstream: 'http://catalog' });
    return synthErrors(chart);
  };
  const taken = (name: string) =>
    `[test/web] port-conflict: containers "${name}" and "cache" both listen on port 8080/TCP, but the containers of a pod ` +
    'share one network namespace; give one of them another port';

  expect(errors({})).toStrictEqual([taken('app')]);
  expect(errors({}, [{ containerPort: 8080 }])).toStrictEqual([taken('app')]);
  expect(errors({ main: 'other' })).toStrictEqual([taken('other')]);
  expect(errors({ main: 'cache' })).toStrictEqual([]);
  expect(errors({ appAddress: '::1' })).toStrictEqual([]);
  expect(errors({ appPort: 8000 }, [{ containerPort: 8000 }])).toStrictEqual([]);
});

test('a probe of the app that the kubelet would send to the pod is an error: the app has to listen at localhost', () => {
  const errors = (port: number) => {
    const chart = Testing.chart();
    const livenessProbe = { tcpSocket: { port: k8s.IntOrString.fromNumber(port) } };
    const web = deployment(chart, 'web', {
      containers: [{ name: 'app', image: 'registry.example/app:1', livenessProbe }],
    });
    new EnvoySidecar(web, 'edge', edge);
    return synthErrors(chart);
  };

  expect(errors(8080)).toStrictEqual([
    '[test/web] loopback-probe: container "app" has a livenessProbe on port 8080, where container "app" listens on ' +
      "127.0.0.1 only, but the kubelet asks the pod's address, so it never succeeds; probe another port, or with exec, " +
      'or say the address it does listen on',
  ]);
  expect(errors(8081)).toStrictEqual([]);
});

test('a Service that sends to the app instead of the sidecar is an error', () => {
  const errors = (port: k8s.ServicePort, helped = true) => {
    const chart = Testing.chart();
    const web = deployment(chart);
    if (helped) {
      new EnvoySidecar(web, 'edge', edge);
    }
    new k8s.KubeService(chart, 'service', {
      metadata: { name: 'web' },
      spec: { selector: { app: 'web' }, ports: [port] },
    });
    PodChecks.of(chart).checkAll();
    return synthErrors(chart);
  };

  expect(errors({ port: 8080 })).toStrictEqual([
    '[test/service] service-loopback-port: port 8080 sends to 8080/TCP of Deployment "web" (test/web), where ' +
      'container "app" listens on 127.0.0.1 only, but what comes through a Service comes to the pod\'s address, so it ' +
      'is refused; target a port that is open there, or say the address it does listen on',
  ]);
  expect(errors({ port: 8080, targetPort: k8s.IntOrString.fromNumber(8443) })).toStrictEqual([]);
  expect(errors({ port: 8080 }, false)).toStrictEqual([]);
});

test('what the app listens on is no longer known when the sidecar is removed', () => {
  const chart = Testing.chart();
  const web = deployment(chart);
  new EnvoySidecar(web, 'edge', edge);
  new NginxCacheAmbassador(web, 'cache', { upstream: 'http://catalog' });
  web.node.tryRemoveChild('edge');

  expect(synthErrors(chart)).toStrictEqual([]);
});

test('pods are replaced when the configuration changes, and not for their metadata', () => {
  const volume = (change: object) => {
    const chart = Testing.chart();
    new EnvoySidecar(deployment(chart), 'edge', { ...plain, configMapName: 'edge', ...change });
    return synthPodSpec(chart).volumes;
  };

  expect(volume({})).toStrictEqual(volume({ drain: { atLeast: Duration.seconds(3) } }));
  expect(volume({})).not.toStrictEqual(volume({ maxConnections: 100 }));
  expect(volume({ onChange: ConfigChange.KEEP_RUNNING })).toStrictEqual([
    { name: 'edge-config', configMap: { name: 'edge' } },
  ]);
});

test('what looks like a placeholder is none: a sidecar has no such thing', () => {
  const chart = Testing.chart();

  const { configMap } = new EnvoySidecar(deployment(chart), 'edge', { ...plain, health: { path: '/{port}' } });

  expect((configMap.toJson() as { data: Record<string, string> }).data['envoy.yaml']).toContain('path: "/{port}"');
});

test('how long it drains is within the grace period of the pod, or an error', () => {
  const errors = (drain: object, grace?: number) => {
    const chart = Testing.chart();
    const containers = [{ name: 'app', image: 'registry.example/app:1' }];
    new EnvoySidecar(deployment(chart, 'web', { containers, terminationGracePeriodSeconds: grace }), 'edge', {
      ...edge,
      drain,
    });
    return synthErrors(chart);
  };

  expect(errors({})).toStrictEqual([]);
  expect(errors({ atMost: Duration.seconds(40) })).toStrictEqual([expect.stringContaining('terminationGracePeriod')]);
  expect(errors({ atMost: Duration.seconds(40) }, 60)).toStrictEqual([]);
  expect(errors({ atLeast: Duration.seconds(40) }, 60)).toStrictEqual([]);
});

test('threads, resources and whatever else of the container can be chosen', () => {
  const chart = Testing.chart();

  const sidecar = new EnvoySidecar(deployment(chart), 'edge', {
    ...edge,
    redirectPort: 8081,
    metricsPort: 9913,
    workers: 4,
    resources: { limits: { memory: k8s.Quantity.fromString('256Mi') } },
    restricted: { user: 1000 },
  });
  sidecar.addJsonPatch(JsonPatch.replace('/args/6', 'info'));

  expect(synthPodSpec(chart).containers?.[1]).toMatchObject({
    args: [
      '--config-path',
      '/etc/envoy/envoy.yaml',
      '--concurrency',
      '4',
      '--disable-hot-restart',
      '--log-level',
      'info',
      '--file-flush-interval-msec',
      '1000',
    ],
    ports: [
      { name: 'https', containerPort: 8443 },
      { containerPort: 8081 },
      { containerPort: 9912 },
      { containerPort: 9913 },
    ],
    resources: { limits: { memory: '256Mi' } },
    securityContext: { runAsUser: 1000, readOnlyRootFilesystem: true },
  });
});

test('it is fine for all rules there are, Pod Security "restricted" included', () => {
  const chart = Testing.chart();
  PodChecks.of(chart).require(PodRules.POD_SECURITY_RESTRICTED).require(PodRules.PINNED_IMAGE);
  const web = deployment(chart, 'web', {
    containers: [
      {
        name: 'app',
        image: 'registry.example/app:1',
        securityContext: {
          allowPrivilegeEscalation: false,
          runAsNonRoot: true,
          runAsUser: 1000,
          capabilities: { drop: ['ALL'] },
          seccompProfile: { type: 'RuntimeDefault' },
        },
      },
    ],
  });

  new EnvoySidecar(web, 'edge', { ...edge, redirectPort: 8081, metricsPort: 9913 });

  expect(synthErrors(chart)).toStrictEqual([]);
});

test('all that is wrong is told at once, with the path of the construct', () => {
  const web = deployment(Testing.chart());

  expect(
    () =>
      new EnvoySidecar(web, 'edge', {
        ...edge,
        listen: 70000,
        container: { name: 'edge' },
        image: 'envoy',
        portName: 'web',
        drain: { atLeast: Duration.seconds(10), atMost: Duration.seconds(5) },
        shutdownDeadline: Duration.seconds(5),
      }),
  ).toThrow(
    new Error(`test/web/edge: no envoy.yaml can be made:
  drain.atMost is 5 s, less than "atLeast", 10 s; make it longer
  listen is 70000; give a whole number from 1 to 65535
  "image" is that of the ready-made container, but "container" is given; say it there
  "portName" is that of the ready-made container, but "container" is given; say it there
  "drain" is that of the ready-made container, but "container" is given; say it there`),
  );
});

test('values of another shape are told by their names', () => {
  const web = deployment(Testing.chart());
  const props = { ...edge, drain: { atleast: 5, atMost: Duration.millis(1500) }, workers: 0, conatiner: {} };

  expect(() => new EnvoySidecar(web, 'edge', props as unknown as typeof edge)).toThrow(
    new Error(`test/web/edge: no envoy.yaml can be made:
  conatiner is no property; did you mean container?
  workers is 0; give a whole number from 1 to 256
  drain.atMost is 1500 ms; give whole seconds, at least one
  drain.atleast is no property; did you mean drain.atLeast?`),
  );
});
