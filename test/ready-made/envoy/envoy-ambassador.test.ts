import { App, Chart, Duration, Include, JsonPatch, Testing, Yaml } from 'cdk8s';
import * as kplus from 'cdk8s-plus-33';
import { k8s } from 'cdk8s-plus-28';
import {
  ConfigChange,
  EnvoyAmbassador,
  EnvoyHeader,
  EnvoyTls,
  HelperKind,
  ImageRegistry,
  KubernetesVersion,
  PodChecks,
  PodRules,
  WaitFor,
  Workloads,
} from '../../../lib';
import { Manifest } from '../../../lib/values/pod';
import { withFolder } from '../../support/project';
import { deployment, podSpecOf, synthErrors, synthManifests, synthPodSpec, template } from '../../support/workloads';
import { join } from 'node:path';
import { writeFileSync } from 'node:fs';

const services = [{ listen: 8081, upstreams: ['http://orders:8080'] }];

test('an ambassador of few words is hardened, probed and listens for its pod only', () => {
  const chart = Testing.chart();

  new EnvoyAmbassador(deployment(chart), 'orders-proxy', { services });

  expect(Yaml.stringify(...(Testing.synth(chart) as Manifest[]))).toMatchSnapshot();
});

test('a Secret is mounted by reference, with the keys that are needed, and its value is nowhere', () => {
  const chart = Testing.chart();

  new EnvoyAmbassador(deployment(chart), 'proxy', {
    services: [
      {
        listen: 8081,
        upstreams: ['https://api.example'],
        headers: {
          authorization: EnvoyHeader.fromSecret('payments', 'token', 'Bearer '),
          'x-account': EnvoyHeader.fromSecret('payments', 'account'),
        },
        tls: EnvoyTls.verified({ caConfigMap: 'company-ca', clientSecret: 'shop-client' }),
      },
      { listen: 8082, upstreams: ['http://orders'], headers: { 'x-key': EnvoyHeader.fromSecret('orders', 'key') } },
    ],
  });

  const { volumes, containers } = synthPodSpec(chart);
  expect(volumes?.slice(0, -1)).toStrictEqual([
    {
      name: 'proxy-secret-1',
      secret: {
        secretName: 'payments',
        items: [
          { key: 'token', path: 'token' },
          { key: 'account', path: 'account' },
        ],
      },
    },
    { name: 'proxy-secret-2', configMap: { name: 'company-ca', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
    {
      name: 'proxy-secret-3',
      secret: {
        secretName: 'shop-client',
        items: [
          { key: 'tls.crt', path: 'tls.crt' },
          { key: 'tls.key', path: 'tls.key' },
        ],
      },
    },
    { name: 'proxy-secret-4', secret: { secretName: 'orders', items: [{ key: 'key', path: 'key' }] } },
  ]);
  expect(containers?.[1].volumeMounts).toStrictEqual([
    { name: 'proxy-secret-1', mountPath: '/etc/envoy-secrets/secret-payments', readOnly: true },
    { name: 'proxy-secret-2', mountPath: '/etc/envoy-secrets/configmap-company-ca', readOnly: true },
    { name: 'proxy-secret-3', mountPath: '/etc/envoy-secrets/secret-shop-client', readOnly: true },
    { name: 'proxy-secret-4', mountPath: '/etc/envoy-secrets/secret-orders', readOnly: true },
    { name: 'proxy-config', mountPath: '/etc/envoy' },
  ]);
});

test('a container of its own appears exactly as it was given, with the configuration mounted', () => {
  const chart = Testing.chart();
  const container = { name: 'envoy', image: 'envoyproxy/envoy:v1.36.2', ports: [{ containerPort: 8081 }] };

  const proxy = new EnvoyAmbassador(deployment(chart), 'proxy', {
    container,
    services,
    configMapName: 'orders-proxy',
    configVolumeName: 'proxy-config',
  });

  const { containers, volumes } = synthPodSpec(chart);
  expect(containers?.[1]).toStrictEqual({
    ...container,
    volumeMounts: [{ name: 'proxy-config', mountPath: '/etc/envoy' }],
  });
  expect(volumes).toStrictEqual([{ name: 'proxy-config', configMap: { name: 'orders-proxy' } }]);
  expect(JSON.stringify(proxy.configMap.toJson())).not.toContain('envoy.health');
});

test('the image comes from the registry of the app, or from where it is said to', () => {
  const chart = Testing.chart();
  ImageRegistry.target(chart, 'registry.example');

  new EnvoyAmbassador(deployment(chart, 'one'), 'proxy', { services });
  new EnvoyAmbassador(deployment(chart, 'two'), 'proxy', { services, image: 'other.example/envoy:1' });

  const [one, , two] = synthManifests(chart);
  expect([one, two].map((manifest) => podSpecOf(manifest).containers?.[1].image)).toStrictEqual([
    'registry.example/envoyproxy/envoy:v1.40.0',
    'other.example/envoy:1',
  ]);
});

test('the main container is sent to localhost, and readers are told what is behind it', () => {
  const chart = Testing.chart();

  const proxy = new EnvoyAmbassador(deployment(chart), 'proxy', {
    services: [
      { listen: 8081, upstreams: ['https://api.example'], env: { API_URL: 'http://{host}:{port}/v1' } },
      { listen: 8082, upstreams: ['http://a:8080', 'http://[fd00::2]'], env: { ORDERS: '{host}:{port}' } },
    ],
  });

  expect(synthPodSpec(chart).containers?.[0].env).toStrictEqual([
    { name: 'API_URL', value: 'http://localhost:8081/v1' },
    { name: 'ORDERS', value: 'localhost:8082' },
  ]);
  expect(proxy.listeners).toMatchObject([
    { port: 8081, address: '127.0.0.1', upstream: 'api.example:443' },
    { port: 8082, address: '127.0.0.1', upstream: 'a:8080, [fd00::2]:80' },
  ]);
});

test('as a native sidecar it is there before the main container starts, behind who waits for its upstream', () => {
  const chart = Testing.chart();
  KubernetesVersion.target(chart, '1.33');
  const web = deployment(chart);

  new EnvoyAmbassador(web, 'proxy', { services });
  new WaitFor(web, 'wait-for-orders', { host: 'orders', port: 8080 });

  expect(synthPodSpec(chart).initContainers).toMatchObject([
    { name: 'wait-for-orders' },
    {
      name: 'proxy',
      restartPolicy: 'Always',
      startupProbe: { httpGet: { path: '/ready', port: 9902 }, periodSeconds: 1 },
    },
  ]);
});

test('in a Job a native one is fine, and a regular one an error', () => {
  const errors = (kind: HelperKind) => {
    const chart = Testing.chart();
    const job = new k8s.KubeJob(chart, 'job', {
      metadata: { name: 'job' },
      spec: { template: template('job', { restartPolicy: 'Never' }) },
    });
    new EnvoyAmbassador(job, 'proxy', { services, kind });
    return synthErrors(chart);
  };

  expect(errors(HelperKind.NATIVE_SIDECAR)).toStrictEqual([]);
  expect(errors(HelperKind.REGULAR)).toStrictEqual([expect.stringContaining('proxy')]);
});

test('two in one pod are fine on ports of their own, and a clash is told', () => {
  const errors = (second: object) => {
    const chart = Testing.chart();
    const web = deployment(chart);
    new EnvoyAmbassador(web, 'orders-proxy', { services });
    new EnvoyAmbassador(web, 'other-proxy', { services: [{ listen: 8082, upstreams: ['http://other'] }], ...second });
    return synthErrors(chart);
  };

  expect(errors({ healthPort: 9912, adminPort: 9911 })).toStrictEqual([]);
  expect(errors({})).toStrictEqual(
    ['9902', '9901'].map((port) => expect.stringContaining(`listen on port ${port}/TCP`) as string),
  );
});

test('it joins a workload of cdk8s-plus, and one from a file', () => {
  const app = new App({ outdir: 'unused' });
  const chart = new Chart(app, 'chart');
  const web = new kplus.Deployment(chart, 'web', { containers: [{ image: 'nginx:1.27', portNumber: 8080 }] });
  new EnvoyAmbassador(web, 'proxy', { services });
  withFolder((folder) => {
    const file = join(folder, 'vendor.yaml');
    const spec = { selector: { matchLabels: { app: 'v' } }, template: template('v') };
    writeFileSync(file, JSON.stringify({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'v' }, spec }));
    const [vendor] = Workloads.allOf(new Include(chart, 'vendor', { url: file }), { kinds: ['Deployment'] });
    new EnvoyAmbassador(vendor, 'proxy', { services });
  });

  const names = synthManifests(chart)
    .filter(({ kind }) => kind === 'Deployment')
    .map((manifest) => podSpecOf(manifest).containers?.map(({ name }) => name));
  expect(names).toStrictEqual([
    ['main', 'proxy'],
    ['app', 'proxy'],
  ]);
});

test('pods are replaced when the configuration changes, and not for their metadata', () => {
  const volume = (change: object) => {
    const chart = Testing.chart();
    new EnvoyAmbassador(deployment(chart), 'proxy', { services, configMapName: 'proxy', ...change });
    return synthPodSpec(chart).volumes;
  };

  expect(volume({})).toStrictEqual(volume({ stopDelay: Duration.seconds(5) }));
  expect(volume({})).not.toStrictEqual(volume({ maxConnections: 100 }));
  expect(volume({ onChange: ConfigChange.KEEP_RUNNING })).toStrictEqual([
    { name: 'proxy-config', configMap: { name: 'proxy' } },
  ]);
});

test('it can go on for a while when the pod is told to stop', () => {
  const chart = Testing.chart();

  new EnvoyAmbassador(deployment(chart), 'proxy', { services, stopDelay: Duration.seconds(5) });

  expect(synthPodSpec(chart).containers?.[1].lifecycle).toStrictEqual({
    preStop: { exec: { command: ['sleep', '5'] } },
  });
});

test('threads, resources and whatever else of the container can be chosen', () => {
  const chart = Testing.chart();

  const proxy = new EnvoyAmbassador(deployment(chart), 'proxy', {
    services,
    metricsPort: 9903,
    concurrency: 4,
    resources: { limits: { memory: k8s.Quantity.fromString('256Mi') } },
    restricted: { user: 1000 },
  });
  proxy.addJsonPatch(JsonPatch.replace('/args/6', 'info'));

  expect(synthPodSpec(chart).containers?.[1]).toMatchObject({
    args: [
      '--config-path',
      '/etc/envoy/envoy.yaml',
      '--concurrency',
      '4',
      '--disable-hot-restart',
      '--log-level',
      'info',
    ],
    ports: [{ containerPort: 8081 }, { containerPort: 9902 }, { containerPort: 9903 }],
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

  new EnvoyAmbassador(web, 'proxy', { services, metricsPort: 9903, stopDelay: Duration.seconds(5) });

  expect(synthErrors(chart)).toStrictEqual([]);
});

test('all that is wrong is told at once, with the path of the construct', () => {
  const web = deployment(Testing.chart());

  expect(
    () =>
      new EnvoyAmbassador(web, 'proxy', {
        services: [{ listen: 70000, upstreams: [] }],
        container: { name: 'proxy' },
        image: 'envoy',
        concurrency: 2,
        stopDelay: Duration.millis(1500),
      }),
  ).toThrow(
    new Error(`test/web/proxy: no envoy.yaml can be made:
  stopDelay is 1500 ms; give whole seconds, at least one
  services[0].listen is 70000; give a whole number from 1 to 65535
  service "service-70000" has no upstream; give at least one URL in "upstreams"
  "image" is that of the ready-made container, but "container" is given; say it there
  "concurrency" is that of the ready-made container, but "container" is given; say it there
  "stopDelay" is that of the ready-made container, but "container" is given; say it there`),
  );
});

test('values of another shape are told by their names', () => {
  const web = deployment(Testing.chart());
  const props = { services: {}, stopDelay: 5, concurrency: 0 } as unknown as { services: [] };

  expect(() => new EnvoyAmbassador(web, 'proxy', props)).toThrow(
    new Error(`test/web/proxy: no envoy.yaml can be made:
  concurrency is 0; give a whole number from 1 to 256
  stopDelay is 5; give a Duration, for instance Duration.seconds(30)
  services is an object; give a list of services`),
  );
});
