import { k8s } from 'cdk8s-plus-28';
import {
  HelperKind,
  OpenTelemetryAdapter,
  OpenTelemetryInput,
  OpenTelemetryOutput,
  OpenTelemetrySidecar,
  OpenTelemetryTransformation,
  PodSecurity,
  SharedVolume,
} from '../../lib';
import { Pod, restartsOf, statusOf } from './support/api';
import { synthesized } from './support/charts';
import { applyDist } from './support/dist';
import { e2e } from './support/e2e';
import { Namespace } from './support/namespace';
import { BUSYBOX, IDLE, pod, sh } from './support/pods';

/** `OpenTelemetrySidecar` and `OpenTelemetryAdapter` on a cluster, and the charts of their use cases. */

const RESTRICTED = { labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } };

/** What a line of OTLP/JSON says of the pod it is from. */
const attributesOf = (pod: Pod, namespace: Namespace): string[] =>
  Object.entries({
    'k8s.namespace.name': namespace.name,
    'k8s.pod.uid': pod.metadata.uid,
    'k8s.pod.name': pod.metadata.name,
  }).map(([key, stringValue]) => JSON.stringify({ key, value: { stringValue } }));

e2e(
  'logs: from the first line to the last words they arrive, with the pod they are of',
  async (namespace) => {
    await applyDist(namespace, 'use-case-logs.yaml');
    const gateway = await namespace.ready('app=log-gateway');
    const shop = await namespace.ready('app=bookshop');

    const received = await namespace.logged(gateway, 'viewer', /Z order 1"/);
    for (const attribute of attributesOf(shop, namespace)) {
      expect(received).toContain(attribute);
    }
    const start = (container: string): number =>
      Date.parse(statusOf(shop, container).state.running?.startedAt ?? 'not running');
    expect(start('log-shipper')).toBeLessThanOrEqual(start('app'));

    await namespace.kubectl('delete', 'deployment', 'bookshop');
    await namespace.gone('app=bookshop');
    await namespace.logged(gateway, 'viewer', /Z last words"/);
  },
  RESTRICTED,
);

e2e(
  'metrics: what the app shows at localhost is scraped and arrives, and goes on counting',
  async (namespace) => {
    await applyDist(namespace, 'use-case-scraped-metrics.yaml');
    const gateway = await namespace.ready('app=metric-gateway');
    const tickets = await namespace.ready('app=tickets');

    const received = await namespace.logged(gateway, 'viewer', /("name":"tickets_sold_total"[^]*){2}/);

    for (const attribute of attributesOf(tickets, namespace)) {
      expect(received).toContain(attribute);
    }
    expect(received).toContain(`{"stringValue":"${tickets.metadata.name}:8080"}`);
    const counts = [...received.matchAll(/"tickets_sold_total".*?"asDouble":(\d+)/g)].map(([, count]) => Number(count));
    expect(counts[1]).toBeGreaterThan(counts[0]);
  },
  RESTRICTED,
);

e2e(
  'normalisation: entries are parsed, renamed, hashed and dropped, and nothing is left in clear',
  async (namespace) => {
    await applyDist(namespace, 'use-case-normalization.yaml');
    const payments = await namespace.ready('app=payments');

    const out = await namespace.logged(payments, 'normalizer', /no JSON at all/);

    expect(out).toMatch(/"severityNumber":13.*"body":\{"stringValue":"paid"\}.*"key":"user.email"/);
    expect(out).toMatch(/"key":"user.email","value":\{"stringValue":"[0-9a-f]{64}"\}/);
    expect(out).toMatch(/"stringValue":"no JSON at all"\},"attributes":\[.*"parse.error"/);
    expect(out).not.toMatch(/kim@example|4111|healthz/);
  },
  RESTRICTED,
);

const logs = SharedVolume.emptyDir('logs').at('/logs');
const shipping = { logs: [{ inputs: [OpenTelemetryInput.files(logs)], outputs: [OpenTelemetryOutput.stdout()] }] };

e2e('a Job with a native collector completes, and its last line is shipped', async (namespace) => {
  await namespace.apply(
    synthesized((chart) => {
      const work = new k8s.KubeJob(chart, 'job', {
        metadata: { name: 'job' },
        spec: {
          template: {
            metadata: { labels: { app: 'job' } },
            spec: {
              restartPolicy: 'Never',
              containers: [{ name: 'main', image: BUSYBOX, command: sh('echo done >/logs/job.log') }],
            },
          },
        },
      });
      new OpenTelemetrySidecar(work, 'shipper', { ...shipping, kind: HelperKind.NATIVE_SIDECAR });
    }),
  );

  await namespace.completed('job');

  const [{ metadata }] = await namespace.pods('app=job');
  expect(await namespace.logs(metadata.name, 'shipper')).toContain('"stringValue":"done"');
});

e2e(
  'two collectors in a pod run where "restricted" is enforced, each with what it reads',
  async (namespace) => {
    await namespace.apply(
      synthesized((chart) => {
        const web = pod(chart, 'web', { command: sh(`echo '{"user":"kim"}' >/logs/web.log; ${IDLE}`) }, {}, {});
        PodSecurity.restrict(web, { user: 1000 });
        new OpenTelemetrySidecar(web, 'shipper', shipping);
        new OpenTelemetryAdapter(web, 'normalizer', {
          source: logs,
          transformations: [OpenTelemetryTransformation.parseJson(), OpenTelemetryTransformation.drop('user')],
          healthPort: 13134,
        });
      }),
    );

    await namespace.logged('web', 'shipper', /kim/);
    expect(await namespace.logged('web', 'normalizer', /resourceLogs/)).not.toContain('kim');
    expect(restartsOf(await namespace.ready('web'))).toBe(0);
  },
  RESTRICTED,
);
