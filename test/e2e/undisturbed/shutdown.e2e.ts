import { Duration } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import {
  EnvoyAmbassador,
  HaproxyAmbassador,
  HelperKind,
  JsonLogFormat,
  JsonLogs,
  LogMetricKind,
  LogMetrics,
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
import { IDLE, pod, server, sh } from '../support/pods';

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

e2e.each('a pod with an HaproxyAmbassador is gone within three seconds', {
  native: HelperKind.NATIVE_SIDECAR,
  regular: HelperKind.REGULAR,
})(async (namespace, kind) => {
  await namespace.apply(
    synthesized((chart) => {
      server(chart, 'api');
      const web = pod(chart, 'web');
      new HaproxyAmbassador(web, 'proxy', { kind, listen: 8080, servers: [{ name: 'api', host: 'api', port: 80 }] });
    }),
  );
  await namespace.ready('web');

  const over = await ended(namespace, 'web');

  expect(endOf(over.pod, 'proxy')?.exitCode).not.toBe(137);
  expect(secondsToEnd(over, 'proxy')).toBeLessThanOrEqual(3);
});

e2e.each('a pod with an EnvoyAmbassador is gone within three seconds', {
  native: HelperKind.NATIVE_SIDECAR,
  regular: HelperKind.REGULAR,
})(async (namespace, kind) => {
  await namespace.apply(
    synthesized((chart) => {
      server(chart, 'api');
      new EnvoyAmbassador(pod(chart, 'web'), 'proxy', {
        kind,
        services: [{ listen: 8080, upstreams: ['http://api'] }],
      });
    }),
  );
  await namespace.ready('web');

  const over = await ended(namespace, 'web');

  expect(endOf(over.pod, 'proxy')?.exitCode).toBe(0);
  expect(secondsToEnd(over, 'proxy')).toBeLessThanOrEqual(3);
});

e2e.each('a pod with an OpenTelemetrySidecar is gone within three seconds', {
  native: HelperKind.NATIVE_SIDECAR,
  regular: HelperKind.REGULAR,
})(async (namespace, kind) => {
  await namespace.apply(
    synthesized((chart) => {
      const web = pod(chart, 'web', { command: sh(`echo hello >/logs/web.log; ${IDLE}`) });
      const files = OpenTelemetryInput.files(SharedVolume.emptyDir('logs').at('/logs'));
      new OpenTelemetrySidecar(web, 'shipper', {
        kind,
        logs: [{ inputs: [files], outputs: [OpenTelemetryOutput.stdout()] }],
      });
    }),
  );
  await namespace.ready('web');
  await namespace.logged('web', 'shipper', /"stringValue":"hello"/);

  const over = await ended(namespace, 'web');

  expect(endOf(over.pod, 'shipper')?.exitCode).toBe(0);
  expect(secondsToEnd(over, 'shipper')).toBeLessThanOrEqual(3);
});

const login = { user: 'metrics', passwordSecret: { name: 'credentials', key: 'password', optional: true } };

e2e.each('a pod with a PrometheusExporter is gone within three seconds', {
  nginx: (web: k8s.KubePod) => PrometheusExporter.nginx(web, 'metrics'),
  redis: (web: k8s.KubePod) => PrometheusExporter.redis(web, 'metrics', { kind: HelperKind.NATIVE_SIDECAR }),
  statsd: (web: k8s.KubePod) => PrometheusExporter.statsd(web, 'metrics'),
  postgres: (web: k8s.KubePod) => PrometheusExporter.postgres(web, 'metrics', login),
  mysqld: (web: k8s.KubePod) => PrometheusExporter.mysqld(web, 'metrics', login),
})(async (namespace, add) => {
  await namespace.apply(
    synthesized((chart) => {
      add(pod(chart, 'web'));
    }),
  );
  await namespace.ready('web');

  const over = await ended(namespace, 'web');

  expect(secondsToEnd(over, 'metrics')).toBeLessThanOrEqual(3);
});

e2e.each('a pod with JsonLogs is gone within three seconds', {
  native: HelperKind.NATIVE_SIDECAR,
  regular: HelperKind.REGULAR,
})(async (namespace, kind) => {
  await namespace.apply(
    synthesized((chart) => {
      const web = pod(chart, 'web', { command: sh(`echo hello >/logs/web.log; ${IDLE}`) });
      new JsonLogs(web, 'json', {
        kind,
        source: SharedVolume.emptyDir('logs').at('/logs'),
        file: 'web.log',
        format: JsonLogFormat.regex('(?<word>.*)'),
      });
    }),
  );
  await namespace.logged('web', 'json', /hello/);

  const over = await ended(namespace, 'web');

  expect(endOf(over.pod, 'json')?.exitCode).toBe(0);
  expect(secondsToEnd(over, 'json')).toBeLessThanOrEqual(3);
});

e2e.each('a pod with LogMetrics is gone within three seconds', {
  native: HelperKind.NATIVE_SIDECAR,
  regular: HelperKind.REGULAR,
})(async (namespace, kind) => {
  await namespace.apply(
    synthesized((chart) => {
      new LogMetrics(pod(chart, 'web'), 'metrics', {
        kind,
        source: SharedVolume.emptyDir('logs').at('/logs'),
        metrics: [{ name: 'lines_total', kind: LogMetricKind.COUNTER, pattern: 'x' }],
      });
    }),
  );
  await namespace.ready('web');

  const over = await ended(namespace, 'web');

  expect(endOf(over.pod, 'metrics')?.exitCode).toBe(0);
  expect(secondsToEnd(over, 'metrics')).toBeLessThanOrEqual(3);
});
