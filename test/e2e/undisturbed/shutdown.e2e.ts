import { Duration, JsonPatch } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import {
  CloudSqlProxy,
  EnvoyAmbassador,
  EnvoyEdgeTls,
  EnvoySidecar,
  HaproxyAmbassador,
  HelperKind,
  JsonLogFormat,
  JsonLogs,
  LogMetricKind,
  LogMetrics,
  NginxCacheAmbassador,
  OpenTelemetryInput,
  OpenTelemetryOutput,
  OpenTelemetrySidecar,
  PrometheusExporter,
  SharedVolume,
  WaitFor,
} from '../../../lib';
import { endOf } from '../support/api';
import { synthesized } from '../support/charts';
import { e2e } from '../support/e2e';
import { ended, secondsToEnd } from '../support/kept';
import { pod, serve, server, sh } from '../support/pods';

/** How soon helpers end. */

e2e('SIGTERM ends WaitFor at once, however long its interval is', async (namespace) => {
  await namespace.apply(
    synthesized((chart) => {
      new WaitFor(pod(chart, 'web'), 'wait', { host: 'nothing', port: 80, interval: Duration.minutes(1) });
    }),
  );
  await namespace.logged('web', 'wait', /^waiting for nothing:80/m);

  const over = await ended(namespace, 'web');

  expect(endOf(over.pod, 'wait')).toMatchObject({ exitCode: 143 });
  expect(secondsToEnd(over, 'wait')).toBeLessThanOrEqual(3);
});

const { NATIVE_SIDECAR, REGULAR } = HelperKind;
const servers = [{ name: 'api', host: 'api', port: 80 }];
const services = [{ listen: 8080, upstreams: ['http://api'] }];
const logs = [
  {
    inputs: [OpenTelemetryInput.files(SharedVolume.emptyDir('logs').at('/logs'))],
    outputs: [OpenTelemetryOutput.stdout()],
  },
];
const source = SharedVolume.emptyDir('logs').at('/logs');
const json = { source, file: 'web.log', format: JsonLogFormat.regex('(?<word>.*)') };
const metrics = [{ name: 'lines_total', kind: LogMetricKind.COUNTER, pattern: 'x' }];
const login = { user: 'metrics', passwordSecret: { name: 'credentials', key: 'password', optional: true } };

const instances = [{ connectionName: 'my-shop:asia-northeast3:invoices', listen: 5432 }];
/** The account of a pod in a cloud that does not answer. */
const cloudSql = (web: k8s.KubePod, kind: HelperKind): CloudSqlProxy => {
  const env = [{ name: 'GCE_METADATA_HOST', value: 'localhost:1' }];
  const proxy = new CloudSqlProxy(web, 'helper', { instances, kind });
  proxy.addJsonPatch(JsonPatch.add('/env', env));
  return proxy;
};

/** A helper, and the exit code that it ends with, where that is known. */
type Ending = readonly [add: (web: k8s.KubePod) => unknown, exitCode?: number];

e2e.each<Ending>('a pod with a helper of ours is gone within three seconds', {
  'HAProxy, native': [(web) => new HaproxyAmbassador(web, 'helper', { listen: 8080, servers, kind: NATIVE_SIDECAR })],
  'HAProxy, regular': [(web) => new HaproxyAmbassador(web, 'helper', { listen: 8080, servers, kind: REGULAR })],
  'Envoy, native': [(web) => new EnvoyAmbassador(web, 'helper', { services, kind: NATIVE_SIDECAR }), 0],
  'Envoy, regular': [(web) => new EnvoyAmbassador(web, 'helper', { services, kind: REGULAR }), 0],
  'nginx, native': [(web) => new NginxCacheAmbassador(web, 'helper', { upstream: 'http://api', kind: NATIVE_SIDECAR })],
  'nginx, regular': [(web) => new NginxCacheAmbassador(web, 'helper', { upstream: 'http://api', kind: REGULAR })],
  'Cloud SQL Auth Proxy, native': [(web) => cloudSql(web, NATIVE_SIDECAR), 0],
  'Cloud SQL Auth Proxy, regular': [(web) => cloudSql(web, REGULAR), 0],
  'OpenTelemetry Collector, native': [
    (web) => new OpenTelemetrySidecar(web, 'helper', { logs, kind: NATIVE_SIDECAR }),
    0,
  ],
  'OpenTelemetry Collector, regular': [(web) => new OpenTelemetrySidecar(web, 'helper', { logs, kind: REGULAR }), 0],
  'exporter of nginx': [(web) => PrometheusExporter.nginx(web, 'helper')],
  'exporter of Redis, native': [(web) => PrometheusExporter.redis(web, 'helper', { kind: NATIVE_SIDECAR })],
  'exporter of StatsD': [(web) => PrometheusExporter.statsd(web, 'helper')],
  'exporter of PostgreSQL': [(web) => PrometheusExporter.postgres(web, 'helper', login)],
  'exporter of memcached': [(web) => PrometheusExporter.memcached(web, 'helper')],
  'exporter of JSON': [
    (web) => PrometheusExporter.json(web, 'helper', { modules: [{ metrics: [{ name: 'n', path: '{.n}' }] }] }),
  ],
  'exporter of MySQL': [(web) => PrometheusExporter.mysqld(web, 'helper', login)],
  'JsonLogs, native': [(web) => new JsonLogs(web, 'helper', { ...json, kind: NATIVE_SIDECAR })],
  'JsonLogs, regular': [(web) => new JsonLogs(web, 'helper', { ...json, kind: REGULAR })],
  'LogMetrics, native': [(web) => new LogMetrics(web, 'helper', { source, metrics, kind: NATIVE_SIDECAR })],
  'LogMetrics, regular': [(web) => new LogMetrics(web, 'helper', { source, metrics, kind: REGULAR })],
})(async (namespace, [add, exitCode]) => {
  await namespace.apply(
    synthesized((chart) => {
      server(chart, 'api');
      add(pod(chart, 'web'));
    }),
  );
  await namespace.ready('web');

  const over = await ended(namespace, 'web');

  const end = endOf(over.pod, 'helper')?.exitCode;
  expect(end).toBe(exitCode ?? end);
  expect(end).not.toBe(137);
  expect(secondsToEnd(over, 'helper')).toBeLessThanOrEqual(3);
});

e2e.each('a pod with an EnvoySidecar is gone within three seconds of the time that it drains for in any case', {
  native: NATIVE_SIDECAR,
  regular: REGULAR,
})(async (namespace, kind) => {
  const seconds = 2;
  await namespace.apply(
    synthesized((chart) => {
      new EnvoySidecar(pod(chart, 'web', { command: sh(serve(8080)) }), 'edge', {
        kind,
        listen: 8443,
        tls: EnvoyEdgeTls.plaintext(),
        appPort: 8080,
        drain: { atLeast: Duration.seconds(seconds) },
      });
    }),
  );
  await namespace.ready('web');

  const over = await ended(namespace, 'web');

  expect(endOf(over.pod, 'edge')?.exitCode).toBe(0);
  expect(secondsToEnd(over, 'edge')).toBeGreaterThanOrEqual(seconds - 1);
  expect(secondsToEnd(over, 'edge')).toBeLessThanOrEqual(seconds + 3);
});
