import { App, Chart } from 'cdk8s';
import {
  HaproxyAmbassador,
  ImageRegistry,
  OpenTelemetryInput,
  OpenTelemetryOutput,
  OpenTelemetrySidecar,
  WaitFor,
} from '../../lib';
import { deployment, podSpecOf, synthManifests } from '../support/workloads';

function chartWithHelpers(app: App, image?: string): Chart {
  const chart = new Chart(app, 'chart');
  const web = deployment(chart);
  new WaitFor(web, 'wait', { host: 'db', port: 5432, image });
  new HaproxyAmbassador(web, 'proxy', { listen: 6379, servers: [{ name: 'a', host: 'redis', port: 6379 }], image });
  new OpenTelemetrySidecar(web, 'collector', {
    traces: [{ inputs: [OpenTelemetryInput.otlp()], outputs: [OpenTelemetryOutput.stdout()] }],
    image,
  });
  return chart;
}

function imagesOf(chart: Chart): unknown[] {
  const { initContainers = [], containers = [] } = podSpecOf(synthManifests(chart)[0]);
  return [...initContainers, ...containers].map(({ image }) => image);
}

test('one setting moves the images of all ready-made helpers, also those that were made before, and no other', () => {
  const app = new App();
  const chart = chartWithHelpers(app);

  ImageRegistry.target(app, 'registry.example:5000/mirror');

  expect(imagesOf(chart)).toStrictEqual([
    'registry.example:5000/mirror/busybox:1.37.0',
    'nginx:1.27',
    'registry.example:5000/mirror/haproxy:3.2.21',
    'registry.example:5000/mirror/otel/opentelemetry-collector-contrib:0.160.0',
  ]);
});

test('an image that a helper is given stays as it is', () => {
  const app = new App();
  const chart = chartWithHelpers(app, 'elsewhere.example/all:1');

  ImageRegistry.target(app, 'registry.example');

  expect(new Set(imagesOf(chart))).toStrictEqual(new Set(['nginx:1.27', 'elsewhere.example/all:1']));
});

test('the nearest scope wins', () => {
  const app = new App();
  const chart = chartWithHelpers(app);

  ImageRegistry.target(app, 'far.example');
  ImageRegistry.target(chart, 'near.example');

  expect(ImageRegistry.of(chart)?.registry).toBe('near.example');
  expect(imagesOf(chart)[0]).toBe('near.example/busybox:1.37.0');
});

test.each([
  ['haproxy:3.2.21', 'r.example/haproxy:3.2.21'],
  ['ghcr.io/google/mtail:3.0.9', 'r.example/google/mtail:3.0.9'],
  ['localhost/a@sha256:12', 'r.example/a@sha256:12'],
  ['127.0.0.1:5000/a/b:1', 'r.example/a/b:1'],
])('%s is %s there', (image, there) => {
  const app = new App();
  ImageRegistry.target(app, 'r.example');

  expect(ImageRegistry.of(app)?.image(image)).toBe(there);
});

test.each(['', 'https://registry.example', 'registry.example/', 'Registry'])('%p is no registry', (registry) => {
  expect(() => {
    ImageRegistry.target(new App(), registry);
  }).toThrow(
    `the app: registry is ${JSON.stringify(registry)}; give host, and where need be port and path, as in ` +
      '"registry.example:5000/mirror"',
  );
});
