import { Duration, JsonPatch, Testing, Yaml } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import { ConfigChange, EnvoyAmbassador, EnvoyTls, HeaderValue, KubernetesVersion, WaitFor } from '../../../lib';
import { Manifest } from '../../../lib/values/pod';
import { deployment, synthPodSpec } from '../../support/workloads';

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
          authorization: HeaderValue.fromSecret('payments', 'token', 'Bearer '),
          'x-account': HeaderValue.fromSecret('payments', 'account'),
        },
        tls: EnvoyTls.verified({ caConfigMap: 'company-ca', clientSecret: 'shop-client' }),
      },
      { listen: 8082, upstreams: ['http://orders'], headers: { 'x-key': HeaderValue.fromSecret('orders', 'key') } },
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
    workers: 4,
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

test('all that is wrong is told at once, with the path of the construct', () => {
  const web = deployment(Testing.chart());

  expect(
    () =>
      new EnvoyAmbassador(web, 'proxy', {
        services: [{ listen: 70000, upstreams: [] }],
        container: { name: 'proxy' },
        image: 'envoy',
        workers: 2,
        stopDelay: Duration.millis(1500),
      }),
  ).toThrow(
    new Error(`test/web/proxy: no envoy.yaml can be made:
  stopDelay is 1500 ms; give whole seconds, at least one
  services[0].listen is 70000; give a whole number from 1 to 65535
  service "service-70000" has no upstream; give at least one URL in "upstreams"
  "image" is that of the ready-made container, but "container" is given; say it there
  "workers" is that of the ready-made container, but "container" is given; say it there
  "stopDelay" is that of the ready-made container, but "container" is given; say it there`),
  );
});

test('values of another shape are told by their names', () => {
  const web = deployment(Testing.chart());
  const props = { services: {}, stopDelay: 5, workers: 0 } as unknown as { services: [] };

  expect(() => new EnvoyAmbassador(web, 'proxy', props)).toThrow(
    new Error(`test/web/proxy: no envoy.yaml can be made:
  workers is 0; give a whole number from 1 to 256
  stopDelay is 5; give a Duration, for instance Duration.seconds(30)
  services is an object; give a list of services`),
  );
});
