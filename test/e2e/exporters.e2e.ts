import { k8s } from 'cdk8s-plus-28';
import { HelperKind, PodSecurity, PrometheusExporter } from '../../lib';
import { endOf, restartsOf } from './support/api';
import { synthesized } from './support/charts';
import { applyDist } from './support/dist';
import { e2e } from './support/e2e';
import { eventually } from './support/eventually';
import { Namespace } from './support/namespace';
import { BUSYBOX, IDLE, pod, sh } from './support/pods';
import { secret } from './support/secrets';

/** `PrometheusExporter` on a cluster, and the chart of its use case. */

/** Waits until what is scraped at a pod's address, from another pod, has lines. */
async function scraped(namespace: Namespace, url: string, ...lines: string[]): Promise<void> {
  await eventually(`${url} has ${lines.join(' and ')}`, async () => {
    const { stdout, stderr } = await namespace.exec('prometheus', 'main', 'wget', '-T', '5', '-qO-', url);
    return lines.every((line) => stdout.includes(`${line}\n`)) || stderr || stdout.slice(0, 2000);
  });
}

function prometheus(): string {
  return synthesized((chart) => void pod(chart, 'prometheus', { command: sh(IDLE) }));
}

e2e('metric format: what Redis counts is scraped at the address of its pod', async (namespace) => {
  await secret(namespace, 'metrics-redis', { password: 'a-password' });
  await applyDist(namespace, 'use-case-metrics.yaml');
  await namespace.apply(prometheus());
  const redis = await namespace.ready('app=metrics-redis');
  await namespace.ready('prometheus');
  const url = `http://${redis.status.podIP ?? ''}:9121/metrics`;

  await scraped(namespace, url, 'redis_up 1', 'redis_keys_count{db="db0",key="session:*"} 0');
  await namespace.exec(redis, 'redis', 'redis-cli', '-a', 'a-password', 'mset', 'session:1', 'x', 'session:2', 'y');
  await scraped(namespace, url, 'redis_keys_count{db="db0",key="session:*"} 2');
  expect(await namespace.kubectl('get', 'pod', redis.metadata.name, '-o', 'yaml')).not.toContain('a-password');
});

const passwordSecret = { name: 'credentials', key: 'password' };
const user = 'metrics';

e2e.each('an exporter runs where "restricted" is enforced, and says that what it is for is down', {
  nginx: { port: 9113, up: 'nginx_up 0', add: PrometheusExporter.nginx.bind(PrometheusExporter) },
  redis: { port: 9121, up: 'redis_up 0', add: PrometheusExporter.redis.bind(PrometheusExporter) },
  statsd: { port: 9102, up: 'statsd_exporter_lines_total 0', add: PrometheusExporter.statsd.bind(PrometheusExporter) },
  postgres: {
    port: 9187,
    up: 'pg_up 0',
    add: (web: k8s.KubePod, id: string) => PrometheusExporter.postgres(web, id, { user, passwordSecret }),
  },
  mysqld: {
    port: 9104,
    up: 'mysql_up 0',
    add: (web: k8s.KubePod, id: string) => PrometheusExporter.mysqld(web, id, { user, passwordSecret }),
  },
})(async (namespace, { port, up, add }) => {
  await namespace.kubectl('label', 'namespace', namespace.name, 'pod-security.kubernetes.io/enforce=restricted');
  await secret(namespace, 'credentials', { password: 'any' });
  await namespace.apply(
    synthesized((chart) => {
      const web = pod(chart, 'web', { command: sh(IDLE) });
      PodSecurity.restrict(web, { user: 65534 });
      add(web, 'metrics');
      PodSecurity.restrict(pod(chart, 'prometheus', { command: sh(IDLE) }), { user: 65534 });
    }),
  );
  const web = await namespace.ready('web');
  await namespace.ready('prometheus');

  await scraped(namespace, `http://${web.status.podIP ?? ''}:${port}/metrics`, up);
  expect(restartsOf(await namespace.ready('web'))).toBe(0);
});

e2e('StatsD metrics are taken from the pod alone, from the first line on, also of a Job', async (namespace) => {
  await namespace.apply(
    synthesized((chart) => {
      const command = sh(
        'printf "jobs.mail.done:5|c\\n" | nc -w 1 127.0.0.1 8125; sleep 1; wget -qO- http://127.0.0.1:9102/metrics | grep ^jobs',
      );
      const job = new k8s.KubeJob(chart, 'job', {
        metadata: { name: 'job' },
        spec: {
          template: {
            metadata: { labels: { app: 'job' } },
            spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: BUSYBOX, command }] },
          },
        },
      });
      PrometheusExporter.statsd(job, 'metrics', {
        kind: HelperKind.NATIVE_SIDECAR,
        mappings: [{ match: 'jobs.*.done', name: 'jobs_done_total', labels: { queue: '$1' } }],
      });
      PrometheusExporter.statsd(pod(chart, 'web', { command: sh(IDLE) }), 'metrics');
      pod(chart, 'other', { command: sh(IDLE) });
    }),
  );
  await namespace.kubectl('wait', '--for=condition=Complete', 'job/job', '--timeout=180s');
  const [done] = await namespace.pods('app=job');
  expect(await namespace.logs(done, 'main')).toContain('jobs_done_total{queue="mail"} 5');
  expect(endOf(done, 'metrics')).toBeDefined();

  const web = await namespace.ready('web');
  await namespace.ready('other');
  const url = `http://${web.status.podIP ?? ''}:8125/`;
  const outside = await namespace.exec('other', 'main', 'wget', '-T', '5', '-qO-', url);
  expect(outside.stderr).toContain('refused');
});
