import { k8s } from 'cdk8s-plus-28';
import { HelperKind, LogMetricKind, LogMetrics, PodSecurity, SharedVolume } from '../../lib';
import { Pod, restartsOf, statusOf } from './support/api';
import { synthesized } from './support/charts';
import { applyDist } from './support/dist';
import { e2e } from './support/e2e';
import { eventually } from './support/eventually';
import { Namespace } from './support/namespace';
import { BUSYBOX, IDLE, pod, sh } from './support/pods';

/** `LogMetrics` on a cluster, and the chart of its use case. */

const RESTRICTED = { labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } };

/** A pod that asks as Prometheus would, from outside. */
const prometheus = (): string =>
  synthesized((chart) => {
    PodSecurity.restrict(pod(chart, 'prometheus', { command: sh(IDLE) }, {}, {}), { user: 65534 });
  });

/** Waits until another pod reads what matches at the address of a pod. */
async function scraped(namespace: Namespace, { status }: Pod, pattern: RegExp, port = 3903): Promise<void> {
  const url = `http://${status.podIP ?? ''}:${port}/metrics`;
  await eventually(`${url} has ${pattern}`, async () => {
    const { stdout, stderr } = await namespace.exec('prometheus', 'main', 'wget', '-T', '5', '-qO-', url);
    return pattern.test(stdout) || stderr || stdout.slice(0, 2000);
  });
}

e2e(
  'monitoring connected: what the app logs is counted, and scraped at the address of its pod',
  async (namespace) => {
    await applyDist(namespace, 'use-case-log-metrics.yaml');
    await namespace.apply(prometheus());
    const orders = await namespace.ready('app=order-log');
    await namespace.ready('prometheus');

    await scraped(namespace, orders, /^orders_total\{by="card",result="paid"\} (?:[3-9]|\d\d+)/m);
    await scraped(namespace, orders, /^orders_waiting 2$/m);
    await scraped(namespace, orders, /^orders_seconds_bucket\{le="0.1"\} 0\norders_seconds_bucket\{le="0.5"\} [1-9]/m);
    const start = (container: string): number =>
      Date.parse(statusOf(orders, container).state.running?.startedAt ?? 'not running');
    expect(start('log-metrics')).toBeLessThanOrEqual(start('app'));
  },
  RESTRICTED,
);

const source = SharedVolume.emptyDir('logs').at('/logs');
const metrics = [{ name: 'lines_total', kind: LogMetricKind.COUNTER, pattern: '(?<word>\\w+)$' }];

e2e('a Job with a native one completes, and reads what has been counted of it', async (namespace) => {
  await namespace.apply(
    synthesized((chart) => {
      // Until mtail has found the file it does not count.
      const script =
        'for i in $(seq 100); do echo done >>/logs/job.log; sleep 0.1; wget -qO- 127.0.0.1:3903/metrics | grep ^lines && exit; done; exit 1';
      const job = new k8s.KubeJob(chart, 'job', {
        metadata: { name: 'job' },
        spec: {
          backoffLimit: 0,
          template: {
            metadata: { labels: { app: 'job' } },
            spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: BUSYBOX, command: sh(script) }] },
          },
        },
      });
      new LogMetrics(job, 'metrics', { kind: HelperKind.NATIVE_SIDECAR, source, metrics });
    }),
  );

  await namespace.completed('job');

  const [job] = await namespace.pods('app=job');
  expect(await namespace.logs(job, 'main')).toMatch(/^lines_total\{word="done"\} [1-9]/);
});

e2e(
  'two in a pod run where "restricted" is enforced, each with its port',
  async (namespace) => {
    await namespace.apply(
      synthesized((chart) => {
        const script = `trap exit TERM; while true; do echo word >>/logs/app.log; sleep 1 & wait $!; done`;
        const web = pod(chart, 'web', { command: sh(script) }, {}, {});
        PodSecurity.restrict(web, { user: 1000 });
        new LogMetrics(web, 'one', { source, metrics });
        new LogMetrics(web, 'two', { source, metrics: [{ ...metrics[0], name: 'others_total' }], metricsPort: 3904 });
      }),
    );
    await namespace.apply(prometheus());
    const web = await namespace.ready('web');
    await namespace.ready('prometheus');

    await scraped(namespace, web, /^lines_total\{word="word"\} [1-9]/m);
    await scraped(namespace, web, /^others_total\{word="word"\} [1-9]/m, 3904);
    expect(restartsOf(await namespace.ready('web'))).toBe(0);
  },
  RESTRICTED,
);
