import { Testing } from 'cdk8s';
import { Construct } from 'constructs';
import {
  EnvoyAmbassador,
  FluentBitOutput,
  FluentBitSidecar,
  HeaderValue,
  JsonLogFormat,
  JsonLogs,
  JsonLogType,
  OpenTelemetryInput,
  OpenTelemetryOutput,
  OpenTelemetrySidecar,
  PrometheusExporter,
  SharedVolume,
} from '../../lib';
import { deployment, synthManifests } from '../support/workloads';

type Ordered = <T>(map: Readonly<Record<string, T>>) => Record<string, T>;

const source = SharedVolume.emptyDir('logs').at('/var/log/app');
const headers = {
  'x-one': HeaderValue.fromSecret('one', 'key'),
  'x-two': HeaderValue.fromSecret('two', 'key'),
  'x-three': HeaderValue.of('3'),
};

/** Helpers with a map in each property that is one. */
const HELPERS: Record<string, (scope: Construct, ordered: Ordered) => unknown> = {
  EnvoyAmbassador: (scope, ordered) =>
    new EnvoyAmbassador(scope, 'helper', {
      services: [
        {
          listen: 8081,
          upstreams: ['https://api.example'],
          headers: ordered(headers),
          env: ordered({ ONE: '{host}', TWO: '{port}' }),
        },
      ],
    }),
  FluentBitSidecar: (scope, ordered) =>
    new FluentBitSidecar(scope, 'helper', {
      logs: [{ source }],
      outputs: [
        FluentBitOutput.loki('https://loki.example', {
          headers: ordered(headers),
          labels: ordered({ region: 'eu', app: 'shop' }),
        }),
      ],
      fields: ordered({ team: 'shop', env: 'prod' }),
    }),
  JsonLogs: (scope, ordered) =>
    new JsonLogs(scope, 'helper', {
      source,
      file: 'access.log',
      format: JsonLogFormat.regex('(?<seconds>[0-9.]+) (?<bytes>[0-9]+)', {
        types: ordered({ seconds: JsonLogType.number(), bytes: JsonLogType.number() }),
      }),
    }),
  OpenTelemetrySidecar: (scope, ordered) =>
    new OpenTelemetrySidecar(scope, 'helper', {
      traces: [
        {
          inputs: [OpenTelemetryInput.otlp()],
          outputs: [OpenTelemetryOutput.otlp('otlp.example:4317', { headers: ordered(headers) })],
        },
      ],
      resourceAttributes: ordered({ 'service.version': '1', 'deployment.environment': 'prod' }),
    }),
  'PrometheusExporter.statsd': (scope, ordered) =>
    PrometheusExporter.statsd(scope, 'helper', {
      mappings: [{ match: 'a.*.*', name: 'a', labels: ordered({ second: '$2', first: '$1' }) }],
    }),
  'PrometheusExporter.json': (scope, ordered) =>
    PrometheusExporter.json(scope, 'helper', {
      modules: [
        {
          headers: ordered({ 'X-Two': '2', 'X-One': '1' }),
          secretHeaders: ordered({ 'X-B': { name: 'b', key: 'key' }, 'X-A': { name: 'a', key: 'key' } }),
          metrics: [
            {
              name: 'queue',
              path: '{.queue}',
              labels: ordered({ zone: '{.zone}', app: '{.app}' }),
              values: ordered({ waiting: '{.waiting}', done: '{.done}' }),
            },
          ],
        },
      ],
    }),
};

describe('maps that come from a language without an order of maps', () => {
  const before = process.env.JSII_AGENT;
  beforeEach(() => {
    process.env.JSII_AGENT = 'Java/17.0.1';
  });
  afterEach(() => {
    if (before === undefined) {
      delete process.env.JSII_AGENT;
    } else {
      process.env.JSII_AGENT = before;
    }
  });

  test.each(Object.entries(HELPERS))('%s makes one manifest of them, whatever their order', (_, make) => {
    const manifestsOf = (ordered: Ordered): unknown => {
      const chart = Testing.chart();
      make(deployment(chart), ordered);
      return synthManifests(chart);
    };

    const reversed: Ordered = (map) => Object.fromEntries(Object.entries(map).reverse());

    // As text, as no order is none to toStrictEqual.
    expect(JSON.stringify(manifestsOf(reversed), undefined, 1)).toBe(
      JSON.stringify(
        manifestsOf((map) => ({ ...map })),
        undefined,
        1,
      ),
    );
  });
});
