import { Duration, Size, Testing, Yaml } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import {
  KubernetesVersion,
  NginxCacheAmbassador,
  NginxCacheAmbassadorProps,
  NginxCacheTls,
  WaitFor,
} from '../../../lib';
import { Manifest } from '../../../lib/values/pod';
import { deployment, synthErrors, synthManifests, synthPodSpec } from '../../support/workloads';

const catalog: NginxCacheAmbassadorProps = { upstream: 'http://catalog' };

test('an ambassador of few words is hardened, probed, and has a volume for its answers', () => {
  const chart = Testing.chart();

  new NginxCacheAmbassador(deployment(chart), 'cache', { ...catalog, env: { CATALOG_URL: 'http://{host}:{port}' } });

  expect(Yaml.stringify(...(Testing.synth(chart) as Manifest[]))).toMatchSnapshot();
});

test('an upstream by its address needs no shell', () => {
  const chart = Testing.chart();

  new NginxCacheAmbassador(deployment(chart), 'cache', { upstream: 'http://10.0.0.1:8081' });

  expect(synthPodSpec(chart).containers?.[1]).toMatchObject({
    command: ['nginx', '-e', 'stderr', '-c', '/etc/nginx-cache/nginx.conf'],
  });
});

test('the volume has twice the size of the answers', () => {
  const chart = Testing.chart();

  new NginxCacheAmbassador(deployment(chart), 'cache', { ...catalog, cacheSize: Size.gibibytes(1) });

  expect(synthPodSpec(chart).volumes?.[0]).toStrictEqual({
    name: 'cache-answers',
    emptyDir: { sizeLimit: '2048Mi' },
  });
  expect(JSON.stringify(synthManifests(chart))).toContain('max_size=1024m');
});

test('a ConfigMap and a Secret are the certificates', () => {
  const chart = Testing.chart();

  new NginxCacheAmbassador(deployment(chart), 'cache', {
    upstream: 'https://catalog',
    tls: NginxCacheTls.verified({ caConfigMap: 'trust', caKey: 'root.pem', clientSecret: 'shop-client' }),
  });

  const { containers, volumes } = synthPodSpec(chart);
  expect(volumes).toContainEqual({
    name: 'cache-tls',
    projected: {
      sources: [
        { configMap: { name: 'trust', items: [{ key: 'root.pem', path: 'ca.crt' }] } },
        {
          secret: {
            name: 'shop-client',
            items: [
              { key: 'tls.crt', path: 'tls.crt' },
              { key: 'tls.key', path: 'tls.key' },
            ],
          },
        },
      ],
    },
  });
  expect(containers?.[1].volumeMounts).toContainEqual({
    name: 'cache-tls',
    mountPath: '/etc/nginx-cache-tls',
    readOnly: true,
  });
});

test('a container of its own appears exactly as it was given, with its folders mounted', () => {
  const chart = Testing.chart();

  const ambassador = new NginxCacheAmbassador(deployment(chart), 'cache', {
    upstream: 'http://catalog.shop.svc.cluster.local',
    nameservers: ['10.96.0.10'],
    container: { name: 'kept', image: 'registry.example/nginx:1.29', volumeMounts: [{ name: 'a', mountPath: '/a' }] },
    volumes: [{ name: 'a', emptyDir: {} }],
    configMapName: 'kept-config',
    configVolumeName: 'kept-conf',
  });

  expect(synthPodSpec(chart).containers?.[1]).toStrictEqual({
    name: 'kept',
    image: 'registry.example/nginx:1.29',
    volumeMounts: [
      { name: 'a', mountPath: '/a' },
      { name: 'kept-answers', mountPath: '/var/cache/nginx-cache' },
      { name: 'kept-run', mountPath: '/run/nginx-cache' },
      { name: 'kept-conf', mountPath: '/etc/nginx-cache' },
    ],
  });
  expect(ambassador.configMap.name).toBe('kept-config');
  expect(JSON.stringify(synthManifests(chart))).not.toContain('healthz');
});

test('the main container is sent to localhost, and readers are told what is behind it', () => {
  const chart = Testing.chart();

  const ambassador = new NginxCacheAmbassador(deployment(chart), 'cache', {
    upstream: 'https://catalog.shop.svc',
    listen: 9000,
    env: { CATALOG_URL: 'http://{host}:{port}/v1' },
  });

  expect(synthPodSpec(chart).containers?.[0].env).toStrictEqual([
    { name: 'CATALOG_URL', value: 'http://localhost:9000/v1' },
  ]);
  expect(ambassador.listeners).toMatchObject([{ port: 9000, address: '127.0.0.1', upstream: 'catalog.shop.svc:443' }]);
});

test('as a native sidecar it is there before the main container starts, behind who waits for its upstream', () => {
  const chart = Testing.chart();
  KubernetesVersion.target(chart, '1.31');
  const job = new k8s.KubeJob(chart, 'job', {
    spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'app', image: 'a' }] } } },
  });

  new NginxCacheAmbassador(job, 'cache', catalog);
  new WaitFor(job, 'wait', { host: 'catalog', port: 80 });

  expect(synthErrors(chart)).toStrictEqual([]);
  expect(synthPodSpec(chart, 'Job').initContainers).toMatchObject([
    { name: 'wait' },
    { name: 'cache', restartPolicy: 'Always', startupProbe: { periodSeconds: 1 } },
  ]);
});

test('the grace period has to be longer than what nginx waits at its end', () => {
  const errors = (shutdownTimeout?: Duration) => {
    const chart = Testing.chart();
    const web = deployment(chart, 'web', { terminationGracePeriodSeconds: 15 });
    new NginxCacheAmbassador(web, 'cache', { ...catalog, shutdownTimeout });
    return synthErrors(chart);
  };

  expect(errors()).toStrictEqual([]);
  expect(errors(Duration.seconds(15))).toStrictEqual([expect.stringContaining('shutdown-deadline')]);
});

test('all that is wrong with the settings is told at once, with the path of the construct', () => {
  const web = deployment(Testing.chart());

  expect(
    () =>
      new NginxCacheAmbassador(web, 'cache', {
        ...catalog,
        listen: 0,
        container: { name: 'kept' },
        image: 'nginx',
        shutdownTimeout: Duration.seconds(1),
        shutdownDeadline: Duration.seconds(2),
      }),
  ).toThrow(
    new Error(`test/web/cache: no nginx.conf can be made:
  listen is 0; give a whole number from 1 to 65535
  "container" is given, and nginx looks up the name of "upstream" by what the ready-made one does at its start; give "nameservers", or leave out "container"
  "shutdownTimeout" is how long nginx takes to stop; leave out "shutdownDeadline"
  "image" is that of the ready-made container, but "container" is given; say it there`),
  );
});
