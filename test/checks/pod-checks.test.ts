import { ApiObject, App, AppProps, Chart, Include, JsonPatch, Testing } from 'cdk8s';
import * as plus from 'cdk8s-plus-28';
import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  Adapter,
  Ambassador,
  ConfigFiles,
  HaproxyAmbassador,
  HelperKind,
  ManifestApp,
  PodChecks,
  SharedVolume,
  Sidecar,
  WaitFor,
  Workloads,
} from '../../lib';
import { contentOf, filesIn } from '../support/project';
import { deployment, synthErrors, template } from '../support/workloads';

const folders: string[] = [];

afterAll(() => {
  folders.forEach((folder) => {
    rmSync(folder, { recursive: true });
  });
});

type AppClass = new (props: AppProps) => App;

const APPS: [string, AppClass][] = [
  ['App', App],
  ['ManifestApp', ManifestApp],
];

function newApp(AppType: AppClass = App, props: AppProps = {}): App {
  const outdir = mkdtempSync(join(tmpdir(), 'cdk8s-pod-patterns-'));
  folders.push(outdir);
  return new AppType({ outdir, ...props });
}

/** What synthesis complains of, a line each; where it does, nothing may have been written. */
function errorsOf(app: App): string[] {
  try {
    app.synth();
  } catch (error) {
    expect(filesIn(app.outdir)).toEqual([]);
    const [title, ...lines] = (error as Error).message.split('\n');
    expect(title).toBe('Validation failed with the following errors:');
    return lines.map((line) => line.trim());
  }
  return [];
}

/** The beginnings of the lines: where, and which rule. */
function placesOf(lines: readonly string[]): string[] {
  return lines.map((line) => line.split(': ')[0]);
}

const DUPLICATE = [{ containerPort: 80 }, { containerPort: 80 }];

/** Breaks duplicate-port, which is on by default. */
function faulty(scope: Construct, id = 'web'): k8s.KubeDeployment {
  return deployment(scope, id, { containers: [{ name: 'app', image: 'nginx:1.27', ports: DUPLICATE }] });
}

/** Breaks env-name-portable, which is on by default. */
function faultyPlus(scope: Construct): plus.Deployment {
  const envVariables = { '1ST': plus.EnvValue.fromValue('x') };
  return new plus.Deployment(scope, 'web', { containers: [{ image: 'nginx:1.27', envVariables }] });
}

function service(scope: Construct, app: string, port: string, namespace?: string): k8s.KubeService {
  return new k8s.KubeService(scope, 'service', {
    metadata: { namespace },
    spec: { selector: { app }, ports: [{ name: 'main', port: 80, targetPort: k8s.IntOrString.fromString(port) }] },
  });
}

function serving(scope: Construct, id: string, port: string): k8s.KubeDeployment {
  const ports = [{ name: port, containerPort: 8080 }];
  return deployment(scope, id, { containers: [{ name: 'app', image: 'nginx:1.27', ports }] });
}

describe('a workload with a helper is checked without being asked', () => {
  test('with what was woven in, native sidecars too', () => {
    const web = deployment(Testing.chart(), 'web', {
      containers: [{ name: 'app', image: 'nginx:1.27', ports: [{ containerPort: 80 }] }],
    });
    new Sidecar(web, 'metrics', {
      container: { name: 'metrics', image: 'exporter:1.0.0', ports: [{ containerPort: 80 }] },
      kind: HelperKind.NATIVE_SIDECAR,
    });
    expect(synthErrors(web.chart)).toEqual([
      '[test/web] port-conflict: containers "metrics" and "app" both declare port 80/TCP, but the containers of a pod ' +
        'share one network namespace; give one of them another port',
    ]);
  });

  test('and what its author wrote, even where the helper has no part in it', () => {
    const web = faulty(Testing.chart());
    new Sidecar(web, 'helper', { container: { name: 'helper', image: 'busybox' } });
    expect(placesOf(synthErrors(web.chart))).toEqual(['[test/web] duplicate-port']);
  });

  test('a workload without one is not', () => {
    const app = newApp();
    faulty(new Chart(app, 'chart'));
    expect(errorsOf(app)).toEqual([]);
  });
});

describe('what helpers listen on counts as used, declared or not', () => {
  function ambassador(scope: Construct, name: string, port: number): Ambassador {
    return new Ambassador(scope, name, {
      container: { name, image: 'proxy:1.0.0' },
      listeners: [{ port, upstream: 'redis:6379' }],
    });
  }

  test('by a port that another container declares', () => {
    const web = deployment(Testing.chart(), 'web', {
      containers: [{ name: 'app', image: 'nginx:1.27', ports: [{ containerPort: 6379 }] }],
    });
    ambassador(web, 'proxy', 6379);
    expect(synthErrors(web.chart)).toEqual([expect.stringMatching(/^\[test\/web\] port-conflict: .*"app".*6379\/TCP/)]);
  });

  test('by another helper that declares nothing either', () => {
    const web = deployment(Testing.chart());
    ambassador(web, 'first', 6379);
    ambassador(web, 'second', 6379);
    expect(synthErrors(web.chart)).toEqual([
      expect.stringMatching(/^\[test\/web\] port-conflict: .*"first" and "second".*6379\/TCP/),
    ]);
  });

  test('by an adapter', () => {
    const web = deployment(Testing.chart());
    ambassador(web, 'proxy', 9100);
    new Adapter(web, 'metrics', {
      container: { name: 'metrics', image: 'exporter:1.0.0', ports: [{ containerPort: 9100 }] },
      source: SharedVolume.emptyDir('logs').at('/logs'),
    });
    expect(synthErrors(web.chart)).toEqual([
      expect.stringMatching(/^\[test\/web\] port-conflict: .*"metrics".*9100\/TCP/),
    ]);
  });

  test('by a sidecar that says so', () => {
    const web = deployment(Testing.chart(), 'web', {
      containers: [{ name: 'app', image: 'nginx:1.27', ports: [{ containerPort: 9000 }, { containerPort: 9001 }] }],
    });
    new Sidecar(web, 'helper', { container: { name: 'helper', image: 'busybox' }, listensOn: [9001, 9002] });
    expect(synthErrors(web.chart)).toEqual([
      '[test/web] port-conflict: containers "app" and "helper" both declare or listen on port 9001/TCP, but the ' +
        'containers of a pod share one network namespace; give one of them another port',
    ]);
  });

  test('but not by a port that the same helper declares, nor by another protocol', () => {
    const web = deployment(Testing.chart(), 'web', {
      containers: [{ name: 'app', image: 'nginx:1.27', ports: [{ containerPort: 6379, protocol: 'UDP' }] }],
    });
    new Ambassador(web, 'proxy', {
      container: { name: 'proxy', image: 'proxy:1.0.0', ports: [{ containerPort: 6379 }] },
      listeners: [{ port: 6379, upstream: 'redis:6379' }],
    });
    expect(synthErrors(web.chart)).toEqual([]);
  });
});

test('a probe that an ambassador cannot answer is found, also where it becomes the startup probe', () => {
  const web = deployment(Testing.chart());
  new Ambassador(web, 'proxy', {
    container: {
      name: 'proxy',
      image: 'proxy:1.0.0',
      readinessProbe: { tcpSocket: { port: k8s.IntOrString.fromNumber(6379) } },
    },
    listeners: [{ port: 6379, upstream: 'redis:6379' }],
    kind: HelperKind.NATIVE_SIDECAR,
  });
  expect(synthErrors(web.chart)).toEqual([
    '[test/web] loopback-probe: container "proxy" has a startupProbe and a readinessProbe on port 6379, where container ' +
      '"proxy" listens on 127.0.0.1 only, but the kubelet asks the pod\'s address, so it never succeeds; probe another ' +
      'port, or with exec, or say the address it does listen on',
  ]);
});

test('a WaitFor that waits for a container which starts after it is found', () => {
  const web = deployment(Testing.chart(), 'web', {
    containers: [{ name: 'app', image: 'nginx:1.27', ports: [{ containerPort: 8080 }] }],
  });
  new WaitFor(web, 'wait', { host: 'localhost', port: 8080 });
  expect(synthErrors(web.chart)).toEqual([
    '[test/web] startup-deadlock: container "wait" waits for port 8080 of container "app", which starts only after it ' +
      'has ended, so the pod never starts; remove it, or make container "app" a native sidecar before it',
  ]);
});

describe('a helper that connects to a name of the cluster, which its pod cannot look up', () => {
  const onHost = { hostNetwork: true };
  const errors = (spec: Partial<k8s.PodSpec>, upstream = 'redis:6379', scope = Testing.chart()): string[] => {
    const web = deployment(scope, 'web', spec);
    const container = { name: 'proxy', image: 'proxy:1.0.0' };
    new Ambassador(web, 'proxy', { container, listeners: [{ port: 6379, upstream }] });
    return synthErrors(web.chart);
  };
  const finding = (what: string, remedy = 'set "dnsPolicy: ClusterFirstWithHostNet"'): string[] => [
    `[test/web] cluster-dns: ${what}; ${remedy}`,
  ];
  const ofNode = 'which the pod cannot look up, as on the host network it asks the DNS of its node';

  test.each([undefined, 'ClusterFirst', 'Default'])('is found on the host network: dnsPolicy %p', (dnsPolicy) => {
    expect(errors({ ...onHost, dnsPolicy })).toEqual(
      finding(`container "proxy" connects to "redis:6379", a name of the cluster, ${ofNode}`),
    );
  });

  test('is found with the DNS of the node as well', () => {
    expect(errors({ dnsPolicy: 'Default' })).toEqual(
      finding(
        'container "proxy" connects to "redis:6379", a name of the cluster, which the pod cannot look up, as with ' +
          'dnsPolicy "Default" it asks the DNS of its node',
        'leave out "dnsPolicy"',
      ),
    );
  });

  test.each(['redis.shop.svc:1', 'REDIS.shop.SVC.cluster.local.:1', 'redis-0.redis.shop.svc.example.org:1'])(
    'is found by its form: %s',
    (upstream) => {
      expect(errors(onHost, upstream)).toEqual(
        finding(`container "proxy" connects to "${upstream}", a name of the cluster, ${ofNode}`),
      );
    },
  );

  test('is found once for all names of a helper', () => {
    expect(errors(onHost, 'a:1, b:1, a:1, c.example:1')).toEqual(
      finding(`container "proxy" connects to "a:1", "b:1", names of the cluster, ${ofNode}`),
    );
  });

  test.each([
    '10.0.0.1:6379',
    '[fd00::1]:6379',
    'localhost:6379',
    'redis.example:6379',
    'redis.shop:6379',
    'svc.example:6379',
    'redis.:6379',
    'project:region:instance',
    'no-port',
  ])('is no other name: %s', (upstream) => {
    expect(errors(onHost, upstream)).toEqual([]);
  });

  test.each<Partial<k8s.PodSpec>>([
    {},
    { dnsPolicy: 'ClusterFirst' },
    { ...onHost, dnsPolicy: 'ClusterFirstWithHostNet' },
    { ...onHost, dnsPolicy: 'None', dnsConfig: { nameservers: ['10.96.0.10'] } },
    { ...onHost, dnsConfig: { nameservers: ['10.96.0.10'] } },
    { ...onHost, hostAliases: [{ ip: '10.0.0.1', hostnames: ['redis'] }] },
  ])('is none where the pod knows it: %j', (spec) => {
    expect(errors(spec)).toEqual([]);
  });

  test('is what a WaitFor waits for, too', () => {
    const web = deployment(Testing.chart(), 'web', onHost);
    new WaitFor(web, 'wait', { host: 'db', port: 5432 });
    expect(synthErrors(web.chart)).toEqual(
      finding(`container "wait" connects to "db:5432", a name of the cluster, ${ofNode}`),
    );
  });

  test('is what a ready-made ambassador forwards to', () => {
    const web = deployment(Testing.chart(), 'web', onHost);
    new HaproxyAmbassador(web, 'redis', { listen: 6379, servers: [{ name: 'r', host: 'redis', port: 6379 }] });
    expect(synthErrors(web.chart)).toEqual(
      finding(`container "redis" connects to "redis:6379", a name of the cluster, ${ofNode}`),
    );
  });

  test('can be ignored, for nodes that know the name', () => {
    const chart = Testing.chart();
    PodChecks.of(chart).ignore('cluster-dns', 'our nodes have a search domain for it');
    expect(errors(onHost, 'redis:6379', chart)).toEqual([]);
  });

  test('is nothing where the controller of a custom resource may set the policy', () => {
    const rollout = new ApiObject(Testing.chart(), 'web', {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Rollout',
      spec: { template: { spec: { ...onHost, containers: [{ name: 'app', image: 'x:1' }] } } },
    });
    new WaitFor(rollout, 'wait', { host: 'db', port: 5432 });
    expect(synthErrors(rollout.chart)).toEqual([]);
  });
});

test('a WaitFor that waits for a native sidecar behind it is told how that one comes before it', () => {
  const web = deployment(Testing.chart());
  new WaitFor(web, 'wait', { host: 'localhost', port: 6379 });
  new Ambassador(web, 'proxy', {
    container: { name: 'proxy', image: 'proxy:1.0.0' },
    listeners: [{ port: 6379, upstream: 'redis:6379' }],
    kind: HelperKind.NATIVE_SIDECAR,
  });
  expect(synthErrors(web.chart)).toEqual([
    '[test/web] startup-deadlock: container "wait" waits for port 6379 of container "proxy", which starts only after it ' +
      'has ended, so the pod never starts; remove it, or put container "proxy" before it, if it is a ' +
      'helper with "order: [InitOrder.before("wait")]"',
  ]);
});

describe('the ConfigMap that a helper brings is checked', () => {
  function configured(files: Record<string, string>): Chart {
    const web = deployment(Testing.chart());
    new Ambassador(web, 'proxy', {
      container: { name: 'proxy', image: 'proxy:1.0.0' },
      listeners: [{ port: 6379, upstream: 'redis:6379' }],
      files: [ConfigFiles.of(files).at('/etc/proxy')],
    });
    return web.chart;
  }

  test('for its keys', () => {
    expect(synthErrors(configured({ 'conf.d/main': '' }))).toEqual([
      expect.stringMatching(/^\[test\/web\/proxy\/config\] config-map-key: data has the key "conf.d\/main"; /),
    ]);
  });

  test('for its size', () => {
    expect(synthErrors(configured({ main: 'x'.repeat(1024 * 1024 + 1) }))).toEqual([
      '[test/web/proxy/config] config-map-size: the values have 1048577 bytes; may not be more than 1048576 bytes; ' +
        'split the ConfigMap',
    ]);
    expect(synthErrors(configured({ main: 'x'.repeat(1024 * 1024) }))).toEqual([]);
  });
});

describe.each(APPS)('checkAll, in an %s,', (_, AppType) => {
  test.each([
    ['an app', (app: App) => app],
    ['a chart', (app: App) => app.charts[0]],
    ['a workload', (app: App) => app.charts[0].node.findChild('web')],
  ])('on %s checks pods without helpers', (_scope, scopeOf) => {
    const app = newApp(AppType);
    faulty(new Chart(app, 'chart'));
    PodChecks.of(scopeOf(app)).checkAll();
    expect(errorsOf(app)).toEqual([expect.stringMatching(/^\[chart\/web\] duplicate-port: container "app" .*80\/TCP/)]);
  });

  test('on a workload leaves others alone, as does a chart', () => {
    const app = newApp(AppType);
    const [first, second] = ['first', 'second'].map((id) => new Chart(app, id));
    PodChecks.of(first).checkAll();
    faulty(first);
    faulty(second, 'unchecked');
    PodChecks.of(faulty(second, 'checked')).checkAll();
    expect(placesOf(errorsOf(app))).toEqual(['[first/web] duplicate-port', '[second/checked] duplicate-port']);
  });

  test('on a cdk8s-plus workload checks the object that it wraps', () => {
    const app = newApp(AppType);
    PodChecks.of(faultyPlus(new Chart(app, 'chart'))).checkAll();
    expect(placesOf(errorsOf(app))).toEqual(['[chart/web/Resource] env-name-portable']);
  });

  test('checks what comes later', () => {
    const app = newApp(AppType);
    PodChecks.of(app).checkAll();
    faulty(new Chart(app, 'chart'));
    expect(placesOf(errorsOf(app))).toEqual(['[chart/web] duplicate-port']);
  });

  test('called twice, and on several scopes around a workload, gives each finding once', () => {
    const app = newApp(AppType);
    const web = faulty(new Chart(app, 'chart'));
    new k8s.KubeConfigMap(web.chart, 'config', { data: { 'a/b': '' } });
    [app, web.chart, web, app].forEach((scope) => PodChecks.of(scope).checkAll());
    new Sidecar(web, 'helper', { container: { name: 'helper', image: 'busybox' } });
    expect(placesOf(errorsOf(app)).sort()).toEqual(['[chart/config] config-map-key', '[chart/web] duplicate-port']);
  });

  test.each([
    [{ annotations: 'a=b' }, 'metadata.annotations "a=b"'],
    ['a', 'metadata "a"'],
  ])('finds that the metadata of a pod is %j where a helper adds an annotation', (metadata, problem) => {
    const app = newApp(AppType);
    const spec = { selector: { matchLabels: { app: 'web' } }, template: { ...template(), metadata } };
    const web = new ApiObject(new Chart(app, 'chart'), 'web', { apiVersion: 'apps/v1', kind: 'Deployment', spec });
    new Sidecar(web, 'helper', { container: { name: 'helper', image: 'x:1' }, podAnnotations: { b: 'c' } });

    expect(errorsOf(app).join()).toContain(`field-type: the pod template has ${problem}; must be`);
  });

  test('finds kinds in an apiVersion that has none of them', () => {
    const app = newApp(AppType);
    const chart = new Chart(app, 'chart');
    PodChecks.of(app).checkAll();
    const spec = { selector: { matchLabels: { app: 'web' } }, template: template() };
    new ApiObject(chart, 'web', { apiVersion: 'v1', kind: 'Deployment', spec });
    new ApiObject(chart, 'service', { apiVersion: 'apps/v1', kind: 'Service', spec: { ports: [{ port: 80 }] } });
    new ApiObject(chart, 'old', { apiVersion: 'extensions/v1beta1', kind: 'Ingress' });

    expect(errorsOf(app).sort()).toEqual([
      '[chart/service] removed-api-version: the Service has the apiVersion "apps/v1", in which there is no Service; write v1',
      '[chart/web] removed-api-version: the Deployment has the apiVersion "v1", in which there is no Deployment; write apps/v1',
    ]);
  });

  test('checks ConfigMaps, whoever makes them', () => {
    const app = newApp(AppType);
    const chart = new Chart(app, 'chart');
    PodChecks.of(chart).checkAll();
    new k8s.KubeConfigMap(chart, 'kube', { data: { 'a/b': '' } });
    new plus.ConfigMap(chart, 'plus', { data: { 'a/b': 'x' } });
    new ApiObject(chart, 'raw', { apiVersion: 'v1', kind: 'ConfigMap', data: { 'a/b': '' } });
    // One of another API group is something else.
    new ApiObject(chart, 'custom', { apiVersion: 'example.com/v1', kind: 'ConfigMap', data: { 'a/b': '' } });
    expect(placesOf(errorsOf(app))).toEqual([
      '[chart/kube] config-map-key',
      '[chart/plus/Resource] config-map-key',
      '[chart/raw] config-map-key',
    ]);
  });

  test('checks the names and labels of every object, but for custom resources their labels alone', () => {
    const app = newApp(AppType);
    const chart = new Chart(app, 'chart');
    const metadata = { name: 'A_b', labels: { a: 'b c' } };
    new ApiObject(chart, 'secret', { apiVersion: 'v1', kind: 'Secret', metadata });
    new ApiObject(chart, 'route', { apiVersion: 'example.com/v1', kind: 'Route', metadata, other: 1 });
    PodChecks.of(chart).checkAll();

    expect(errorsOf(app)).toEqual([
      expect.stringContaining(
        '[chart/secret] metadata-name: the Secret is named "A_b"; a lowercase RFC 1123 subdomain',
      ),
      expect.stringContaining('[chart/secret] labels: the label "a" of the Secret has the value "b c"; '),
      expect.stringContaining('[chart/route] labels: the label "a" of the Route has the value "b c"; '),
    ]);
  });

  test('on a ConfigMap checks it', () => {
    const app = newApp(AppType);
    const configMap = new k8s.KubeConfigMap(new Chart(app, 'chart'), 'config', { data: { 'a/b': '' } });
    PodChecks.of(configMap).checkAll();
    expect(placesOf(errorsOf(app))).toEqual(['[chart/config] config-map-key']);
  });

  test('checks what an Include brings', () => {
    const app = newApp(AppType);
    const chart = new Chart(app, 'chart');
    const url = join(newApp().outdir, 'included.yaml');
    const manifest = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web' }, spec: { containers: [] } };
    writeFileSync(url, JSON.stringify(manifest));
    new Include(chart, 'include', { url });
    PodChecks.of(chart).checkAll();
    expect(placesOf(errorsOf(app))).toEqual(['[chart/include/web-pod] has-container']);
  });

  test('checks custom resources that have a pod template, at the usual place or the declared one', () => {
    const app = newApp(AppType);
    const chart = new Chart(app, 'chart');
    PodChecks.of(chart).checkAll();
    const pod = template('web', { containers: [{ name: 'app', image: 'nginx:1.27', ports: DUPLICATE }] });
    const custom = (id: string, spec: object) =>
      new ApiObject(chart, id, { apiVersion: 'example.com/v1', kind: 'Thing', spec });
    custom('usual', { template: pod });
    Workloads.declare(custom('declared', { workload: { podTemplate: pod } }), 'spec.workload.podTemplate');
    // Not known to hold a pod template, hence none of ours.
    custom('other', { workload: { podTemplate: pod } });
    custom('none', { template: { spec: { size: 3 } } });
    expect(placesOf(errorsOf(app))).toEqual(['[chart/usual] duplicate-port', '[chart/declared] duplicate-port']);
  });

  test('finds all that is wrong with an app in one error, and writes nothing', () => {
    const app = newApp(AppType);
    PodChecks.of(app).checkAll();
    for (const id of ['a', 'b']) {
      const chart = new Chart(app, id);
      faulty(chart);
      new k8s.KubeConfigMap(chart, 'config', { data: { 'a/b': '' } });
      service(chart, 'web', 'http');
      new Sidecar(faulty(chart, 'helped'), 'helper', { container: { name: 'app', image: 'busybox' } });
    }
    expect(placesOf(errorsOf(app)).sort()).toEqual(
      ['a', 'b'].flatMap((id) => [
        `[${id}/config] config-map-key`,
        `[${id}/helped] container-conflict`,
        `[${id}/helped] duplicate-port`,
        `[${id}/service] service-target-port`,
        `[${id}/web] duplicate-port`,
      ]),
    );
  });

  test("its findings and the constructs' own errors come in one error", () => {
    const app = newApp(AppType);
    const chart = new Chart(app, 'chart');
    chart.node.addValidation({ validate: () => ['what the chart itself says'] });
    PodChecks.of(chart).checkAll();
    faulty(chart);
    expect(errorsOf(app)).toEqual([
      '[chart] what the chart itself says',
      expect.stringMatching(/^\[chart\/web\] duplicate-port: /),
    ]);
  });

  test('does not change the output, twice', () => {
    const build = (isChecked: boolean): App => {
      const app = newApp(AppType);
      const chart = new Chart(app, 'chart');
      if (isChecked) {
        PodChecks.of(app).checkAll();
      }
      deployment(chart, 'plain', { initContainers: [], volumes: [] });
      serving(chart, 'served', 'http');
      service(chart, 'served', 'http');
      new plus.ConfigMap(chart, 'config', { data: { b: '1', a: '2' } });
      const spread = new plus.Deployment(chart, 'spread', { containers: [{ image: 'nginx:1.27' }] });
      spread.scheduling.spread();
      new Sidecar(deployment(chart, 'helped'), 'helper', { container: { name: 'helper', image: 'busybox' } });
      new HaproxyAmbassador(deployment(chart, 'proxied'), 'redis', {
        listen: 6379,
        servers: [{ name: 'redis1', host: 'redis', port: 6379 }],
      });
      const thing = new ApiObject(chart, 'thing', {
        apiVersion: 'example.com/v1',
        kind: 'Thing',
        spec: { workload: { spec: { zone: 'a', nodeSelector: { a: 'b' } } } },
      });
      if (isChecked) {
        Workloads.declare(thing, 'spec.workload');
      }
      return app;
    };
    const [unchecked, checked] = [build(false), build(true)];
    unchecked.synth();
    const expected = contentOf(unchecked.outdir);
    expect(Object.keys(expected)).toEqual(['chart.k8s.yaml']);
    for (let times = 0; times < 2; times += 1) {
      checked.synth();
      expect(contentOf(checked.outdir)).toEqual(expected);
    }
  });
});

test('checks leave the order of keys as it is where cdk8s does not sort them', () => {
  jest.replaceProperty(process, 'env', { ...process.env, CDK8S_DISABLE_SORT: '1' });
  const build = (): Chart => {
    const chart = Testing.chart();
    new ApiObject(chart, 'web', {
      apiVersion: 'v1',
      kind: 'Pod',
      spec: { volumes: [], restartPolicy: 'Never', containers: [{ name: 'app', image: 'nginx:1.27' }] },
    });
    return chart;
  };
  const checked = build();
  PodChecks.of(checked).checkAll();
  expect(JSON.stringify(Testing.synth(checked))).toBe(JSON.stringify(Testing.synth(build())));
  jest.restoreAllMocks();
});

test.each(APPS)(
  'a custom resource without the pod template that its helper looks for is reported once, in an %s',
  (_, AppType) => {
    const app = newApp(AppType);
    const thing = new ApiObject(new Chart(app, 'chart'), 'thing', {
      apiVersion: 'example.org/v1',
      kind: 'Thing',
      spec: {},
    });
    new Sidecar(thing, 'helper', { container: { name: 'helper', image: 'x:1' } });
    PodChecks.of(app).checkAll();

    expect(errorsOf(app)).toEqual([
      expect.stringMatching(/^\[chart\/thing\] pod-template: [^\n]* Workloads\.declare$/),
    ]);
  },
);

test.each(APPS)('a number that JSON does not have is found in objects of every kind, in an %s', (_, AppType) => {
  const app = newApp(AppType);
  const chart = new Chart(app, 'chart');
  new ApiObject(chart, 'thing', { apiVersion: 'example.org/v1', kind: 'Thing', spec: { list: [NaN] } });
  PodChecks.of(app).checkAll();

  expect(errorsOf(app)).toEqual([
    expect.stringMatching(/^\[chart\/thing\] finite-number: spec\.list\.0 is NaN, a number that JSON does not have/),
  ]);
});

test.each(APPS)('a Service must not send to an ambassador that listens on localhost, in an %s', (_, AppType) => {
  const errors = (address?: string): string[] => {
    const app = newApp(AppType);
    const chart = new Chart(app, 'chart');
    PodChecks.of(app).checkAll();
    service(chart, 'web', 'db');
    const web = deployment(chart, 'web', { containers: [{ name: 'app', image: 'nginx:1.27' }] });
    new Ambassador(web, 'proxy', {
      container: { name: 'proxy', image: 'proxy:1.0.0', ports: [{ name: 'db', containerPort: 5432 }] },
      listeners: [{ port: 5432, upstream: 'db:5432', address }],
    });
    return errorsOf(app);
  };

  expect(errors()).toEqual([
    expect.stringMatching(
      /^\[chart\/service\] service-loopback-port: port "main" sends to 5432\/TCP .* "proxy" listens/,
    ),
  ]);
  expect(errors('0.0.0.0')).toEqual([]);
});

describe.each(APPS)('a Service with a named target port, in an %s,', (_, AppType) => {
  const wrong = (path: string): string =>
    `service-target-port: port "main" sends to "http/TCP", but the pods of Deployment "web" (${path}) name "web/TCP"; ` +
    'name their port so, or give the number';

  test('must find it in the pods that it selects', () => {
    const app = newApp(AppType);
    const chart = new Chart(app, 'chart');
    PodChecks.of(app).checkAll();
    service(chart, 'web', 'http');
    serving(chart, 'web', 'web');
    serving(chart, 'other', 'http');
    expect(errorsOf(app)).toEqual([`[chart/service] ${wrong('chart/web')}`]);
  });

  test('also in those of another chart, added later', () => {
    const app = newApp(AppType);
    PodChecks.of(app).checkAll();
    service(new Chart(app, 'services'), 'web', 'http');
    serving(new Chart(app, 'workloads'), 'web', 'web');
    expect(errorsOf(app)).toEqual([`[services/service] ${wrong('workloads/web')}`]);
  });

  test('in its own chart, where that has some: others may be for another cluster', () => {
    const app = newApp(AppType);
    PodChecks.of(app).checkAll();
    for (const [cluster, port] of [
      ['here', 'web'],
      ['there', 'http'],
    ]) {
      const chart = new Chart(app, cluster);
      service(chart, 'web', port);
      serving(chart, 'web', port);
    }
    expect(errorsOf(app)).toEqual([]);
  });

  test('and not in those of another chart, where its own has some', () => {
    const app = newApp(AppType);
    PodChecks.of(app).checkAll();
    for (const [cluster, port] of [
      ['here', 'web'],
      ['there', 'http'],
    ]) {
      const chart = new Chart(app, cluster);
      service(chart, 'web', 'http');
      serving(chart, 'web', port);
    }
    expect(errorsOf(app)).toEqual([`[here/service] ${wrong('here/web')}`]);
  });

  test('and finds one that a helper brings', () => {
    const app = newApp(AppType);
    const chart = new Chart(app, 'chart');
    PodChecks.of(app).checkAll();
    service(chart, 'web', 'http');
    new Sidecar(serving(chart, 'web', 'web'), 'proxy', {
      container: { name: 'proxy', image: 'proxy:1.0.0', ports: [{ name: 'http', containerPort: 80 }] },
    });
    expect(errorsOf(app)).toEqual([]);
  });

  test('does not select pods of another namespace', () => {
    const app = newApp(AppType);
    const chart = new Chart(app, 'chart', { namespace: 'here' });
    PodChecks.of(app).checkAll();
    serving(chart, 'web', 'web');
    service(chart, 'web', 'http', 'there');
    expect(errorsOf(app)).toEqual([]);
  });

  test.each([
    ['the first', (app: App, object: ApiObject) => [object, object.chart, app]],
    ['in between', (app: App, object: ApiObject) => [object.chart, app, object]],
    ['the last', (app: App, object: ApiObject) => [app, object.chart, object]],
  ])('is judged by all pods of the widest scope that is checked, where its own is %s', (_order, scopesOf) => {
    const app = newApp(AppType);
    const chart = new Chart(app, 'services');
    const inList = { ...(service(Testing.chart(), 'web', 'http').toJson() as object), metadata: { name: 'listed' } };
    const list = new ApiObject(chart, 'list', { apiVersion: 'v1', kind: 'List', ...{ items: [inList] } });
    for (const object of [service(chart, 'web', 'http'), list]) {
      scopesOf(app, object).forEach((scope) => PodChecks.of(scope).checkAll());
    }
    serving(new Chart(app, 'workloads'), 'web', 'web');
    expect(errorsOf(app).sort()).toEqual([
      `[services/list] ${wrong('workloads/web').replace(':', ': services/list/items.0 (Service "listed"):')}`,
      `[services/service] ${wrong('workloads/web')}`,
    ]);
  });

  test('is not judged by pods outside the scope that is checked', () => {
    const app = newApp(AppType);
    const chart = new Chart(app, 'services');
    PodChecks.of(chart).checkAll();
    service(chart, 'web', 'http');
    serving(new Chart(app, 'workloads'), 'web', 'web');
    expect(errorsOf(app)).toEqual([]);
  });

  test('that cannot be rendered is reported like anything else, once', () => {
    const app = newApp(AppType);
    const chart = new Chart(app, 'chart');
    PodChecks.of(app).checkAll();
    const broken = service(chart, 'web', 'http');
    broken.addJsonPatch(JsonPatch.test('/kind', 'Ingress'));
    faulty(chart);
    expect(errorsOf(app).filter((line) => line.startsWith('[chart/'))).toEqual([
      expect.stringContaining('[chart/service] Failed serializing construct'),
      expect.stringContaining('[chart/web] duplicate-port: '),
    ]);
  });

  test('is not judged by a workload that cannot be rendered, which is reported itself', () => {
    const app = newApp(AppType);
    const chart = new Chart(app, 'chart');
    PodChecks.of(app).checkAll();
    service(chart, 'web', 'http');
    new ApiObject(chart, 'web', { apiVersion: 'apps/v1', kind: 'Deployment', spec: { replicas: 2 } });
    expect(placesOf(errorsOf(app))).toEqual(['[chart/web] pod-template']);
  });
});

describe('a rule is switched off', () => {
  const REASON = 'the second port is documentation';

  test.each([
    ['for a workload', (web: k8s.KubeDeployment) => web],
    ['for a chart', (web: k8s.KubeDeployment) => web.chart],
    ['for an app', (web: k8s.KubeDeployment) => web.node.root],
  ])('%s', (_, scopeOf) => {
    const chart = Testing.chart();
    PodChecks.of(chart).checkAll();
    const web = faulty(chart);
    PodChecks.of(scopeOf(web)).ignore('duplicate-port', REASON);
    expect(synthErrors(chart)).toEqual([]);
  });

  test('for one workload only, and this rule only', () => {
    const chart = Testing.chart();
    PodChecks.of(chart).checkAll();
    const web = deployment(chart, 'web', {
      containers: [
        { name: 'app', image: 'nginx:1.27', ports: DUPLICATE },
        { name: 'other', image: 'nginx:1.27', ports: [{ containerPort: 80 }] },
      ],
    });
    PodChecks.of(web).ignore('duplicate-port', REASON);
    faulty(chart, 'second');
    expect(placesOf(synthErrors(chart))).toEqual(['[test/web] port-conflict', '[test/second] duplicate-port']);
  });

  test.each([
    ['a cdk8s-plus workload', (web: plus.Deployment) => web],
    ['the object that it wraps', (web: plus.Deployment) => ApiObject.of(web)],
  ])('by way of %s', (_, scopeOf) => {
    const chart = Testing.chart();
    const web = faultyPlus(chart);
    PodChecks.of(web).checkAll();
    expect(placesOf(synthErrors(chart))).toEqual(['[test/web/Resource] env-name-portable']);
    PodChecks.of(scopeOf(web)).ignore('env-name-portable', REASON);
    expect(synthErrors(chart)).toEqual([]);
  });

  test('also for a Service', () => {
    const chart = Testing.chart();
    PodChecks.of(chart).checkAll();
    serving(chart, 'web', 'web');
    PodChecks.of(service(chart, 'web', 'http')).ignore('service-target-port', 'a proxy stands in between');
    expect(synthErrors(chart)).toEqual([]);
  });

  test('even where it was asked for around it', () => {
    const chart = Testing.chart();
    PodChecks.of(chart).checkAll().require('pinned-image');
    const unpinned = { containers: [{ name: 'app', image: 'nginx' }] };
    PodChecks.of(deployment(chart, 'web', unpinned)).ignore('pinned-image', 'pinned by the registry mirror');
    deployment(chart, 'other', unpinned);
    expect(placesOf(synthErrors(chart))).toEqual(['[test/other] pinned-image']);
  });

  test('for a helper that asks for "restricted" itself', () => {
    const web = deployment(Testing.chart());
    new Sidecar(web, 'helper', { container: { name: 'helper', image: 'busybox' }, restricted: {} });
    expect(placesOf(synthErrors(web.chart))).toEqual(['[test/web] numeric-user']);
    PodChecks.of(web).ignore('numeric-user', 'its image has user 65532');
    expect(synthErrors(web.chart)).toEqual([]);
  });

  test('but not if the API server enforces it', () => {
    const web = deployment(Testing.chart());
    expect(() => PodChecks.of(web).ignore('image-required', 'a webhook adds it')).toThrow(
      'test/web: rule "image-required" cannot be ignored, because the API server rejects what breaks it; mend the ' +
        'manifest instead',
    );
  });

  describe.each(['example.com/v1', 'sparkoperator.k8s.io/v1'])(
    'of a custom resource, %s, whatever its level:',
    (apiVersion) => {
      const unnamed = { image: 'nginx:1.27', volumeMounts: [{ name: 'given-by-the-controller', mountPath: '/data' }] };
      const custom = (scope: Construct) =>
        new ApiObject(scope, 'thing', {
          apiVersion,
          kind: 'Thing',
          spec: { template: { spec: { containers: [unnamed] } } },
        });

      test('the controller may fill in what is not there', () => {
        const thing = custom(Testing.chart());
        PodChecks.of(thing).checkAll();
        expect(placesOf(synthErrors(thing.chart))).toEqual(['[test/thing] mount-volume']);
        PodChecks.of(thing).ignore('mount-volume', 'the controller adds the volume');
        expect(synthErrors(thing.chart)).toEqual([]);
      });

      test('which says nothing of the ConfigMap that its helper brings', () => {
        const thing = custom(Testing.chart());
        new Ambassador(thing, 'proxy', {
          container: { name: 'proxy', image: 'proxy:1.0.0' },
          listeners: [{ port: 6379, upstream: 'redis:6379' }],
          files: [ConfigFiles.of({ 'a/b': '' }).at('/etc/proxy')],
        });
        PodChecks.of(thing)
          .ignore('mount-volume', 'the controller adds the volume')
          .ignore('config-map-key', 'why not');
        expect(placesOf(synthErrors(thing.chart))).toEqual(['[test/thing/proxy/config] config-map-key']);
      });

      test('but not of the chart that it is in', () => {
        const { chart } = custom(Testing.chart());
        expect(() => PodChecks.of(chart).ignore('mount-volume', 'the controller adds the volume')).toThrow(
          'test: rule "mount-volume" cannot be ignored',
        );
      });
    },
  );

  test('but not what weaving finds, though it has an id too', () => {
    expect(() => PodChecks.of(Testing.app()).ignore('job-completion', 'why')).toThrow(
      'the app: "job-completion" cannot be ignored, because the helper could not do what it is there for; do what the finding says (docs/weaving/README.md)',
    );
  });

  test('but not if there is none of that name', () => {
    expect(() => PodChecks.of(Testing.app()).ignore('port-conflicts', 'why')).toThrow(
      /^the app: there is no rule "port-conflicts"; did you mean "port-conflict"\?$/,
    );
  });

  test.each(['', ' \n'])('but not without a reason: %j', (reason) => {
    expect(() => PodChecks.of(deployment(Testing.chart())).ignore('duplicate-port', reason)).toThrow(
      'test/web: say why rule "duplicate-port" is to be ignored',
    );
  });
});

describe('a rule that is opt-in', () => {
  const unpinned = { containers: [{ name: 'app', image: 'nginx' }] };

  test('is not checked unless it is required', () => {
    const chart = Testing.chart();
    PodChecks.of(chart).checkAll();
    deployment(chart, 'web', unpinned);
    expect(synthErrors(chart)).toEqual([]);
  });

  test.each([
    ['a workload', (web: k8s.KubeDeployment) => web],
    ['a chart', (web: k8s.KubeDeployment) => web.chart],
    ['an app', (web: k8s.KubeDeployment) => web.node.root],
  ])('is checked inside %s that requires it', (_, scopeOf) => {
    const chart = Testing.chart();
    const web = deployment(chart, 'web', unpinned);
    PodChecks.of(scopeOf(web)).checkAll().require('pinned-image');
    expect(synthErrors(chart)).toEqual([
      expect.stringMatching(/^\[test\/web\] pinned-image: container "app" has the image "nginx"/),
    ]);
  });

  test('is checked for workloads with helpers without checkAll', () => {
    const chart = Testing.chart();
    PodChecks.of(chart).require('pinned-image');
    deployment(chart, 'unchecked', unpinned);
    new Sidecar(deployment(chart), 'helper', { container: { name: 'helper', image: 'busybox:latest' } });
    expect(synthErrors(chart)).toEqual([
      expect.stringMatching(/^\[test\/web\] pinned-image: container "helper" has the image "busybox:latest"/),
    ]);
  });

  test('says nothing twice of a helper that asks for the same', () => {
    const web = deployment(Testing.chart());
    PodChecks.of(web).require('pod-security-restricted');
    new Sidecar(web, 'helper', {
      container: { name: 'helper', image: 'busybox', securityContext: { privileged: true } },
      restricted: { user: 1 },
    });
    const privileged = synthErrors(web.chart).filter((line) => line.includes('"helper" must not set'));
    expect(privileged).toEqual([expect.stringMatching(/^\[test\/web\] pod-security-restricted: test\/web\/helper: /)]);
  });

  test('cannot be required of a helper, whose pod has it or not as a whole', () => {
    const web = deployment(Testing.chart());
    const helper = new Sidecar(web, 'helper', { container: { name: 'helper', image: 'busybox' } });
    expect(() => PodChecks.of(helper).require('pinned-image')).toThrow(
      'test/web/helper: rules that are opt-in hold for whole pods, not for one helper; require them of the workload that it joins, test/web',
    );
  });

  test('must be one', () => {
    expect(() => PodChecks.of(deployment(Testing.chart())).require('pinned')).toThrow(
      /^test\/web: there is no rule "pinned"; there are "removed-api-version", "has-container", /,
    );
  });

  test.each(['image-required', 'port-conflict', 'job-completion'])('is not one that holds anyway: %s', (rule) => {
    expect(() => PodChecks.of(Testing.chart()).require(rule)).toThrow(
      `test: rule "${rule}" holds anyway; leave out "require"`,
    );
  });
});

test('what checks cost grows with the app, not with its square', () => {
  const resolvedBy = (count: number): number => {
    let resolved = 0;
    const app = newApp(App, { resolvers: [{ resolve: () => void (resolved += 1) }] });
    PodChecks.of(app).checkAll();
    for (let index = 0; index < count; index += 1) {
      const chart = new Chart(app, `chart-${index}`);
      serving(chart, `web-${index}`, 'http');
      service(chart, `web-${index}`, 'http');
      new k8s.KubeConfigMap(chart, 'config', { data: { key: 'value' } });
      new Sidecar(deployment(chart, 'helped'), 'helper', { container: { name: 'helper', image: 'busybox' } });
    }
    app.synth();
    return resolved;
  };
  expect(resolvedBy(20)).toBeLessThanOrEqual(2 * resolvedBy(10));
});
