import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ApiObject, Duration, JsonPatch } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import { HelperKind, PodSecurity, PrometheusExporter, PrometheusScrape } from '../../lib';
import { project } from '../support/project';
import { endOf, Pod, restartsOf } from './support/api';
import { synthesized } from './support/charts';
import { applyDist } from './support/dist';
import { e2e } from './support/e2e';
import { eventually } from './support/eventually';
import { Namespace } from './support/namespace';
import { kill } from './support/node';
import { BUSYBOX, IDLE, pod, sh } from './support/pods';
import { secret } from './support/secrets';

/** `PrometheusExporter` on a cluster, and the chart of its use case. */

const CRD = 'podmonitors.monitoring.coreos.com';

/** Waits until what is scraped at a pod's address, from another pod, has lines, and gives it back. */
async function scraped(namespace: Namespace, url: string, ...lines: string[]): Promise<string> {
  const { text } = await eventually(`${url} has ${lines.join(' and ')}`, async () => {
    const { stdout, stderr } = await namespace.exec('prometheus', 'main', 'wget', '-T', '5', '-qO-', url);
    return lines.every((line) => stdout.includes(`${line}\n`)) ? { text: stdout } : stderr || stdout.slice(0, 2000);
  });
  return text;
}

/** What a Prometheus that looks at annotations asks for. */
function urlOf({ metadata: { annotations = {} }, status }: Pod): string {
  const { 'prometheus.io/port': port = '', 'prometheus.io/path': path = '/metrics', ...others } = annotations;
  const query = Object.entries(others).flatMap(([name, value]) => {
    const param = /^prometheus\.io\/param_(.*)$/.exec(name)?.[1];
    return param === undefined ? [] : [`${param}=${encodeURIComponent(value)}`];
  });
  return `http://${status.podIP ?? ''}:${port}${path}${query.length > 0 ? '?' : ''}${query.join('&')}`;
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

e2e('metric format: what memcached counts is scraped, and that it hangs is said', async (namespace) => {
  await secret(namespace, 'metrics-redis', { password: 'a-password' });
  await applyDist(namespace, 'use-case-metrics.yaml');
  await namespace.apply(prometheus());
  const memcached = await namespace.ready('app=metrics-memcached');
  await namespace.ready('prometheus');
  const url = urlOf(memcached);
  const command = (line: string): Promise<unknown> =>
    namespace.exec('prometheus', 'main', ...sh(`printf '${line}' | nc -w 2 ${memcached.status.podIP ?? ''} 11211`));

  await scraped(namespace, url, 'memcached_up 1', 'memcached_current_items 0');
  await command('set a 0 0 1\\r\\nx\\r\\nget a\\r\\nquit\\r\\n');
  const get = 'memcached_commands_total{command="get",status="hit"} 1';
  await scraped(namespace, url, 'memcached_current_items 1', get);

  // It takes connections on, and answers none.
  await kill(namespace, memcached, 'memcached -m', 'STOP');
  await scraped(namespace, url, 'memcached_up 0');
  await kill(namespace, memcached, 'memcached -m', 'CONT');
  await scraped(namespace, url, 'memcached_up 1');
});

e2e(
  'metric format: what an app says as JSON is scraped as its annotations say, under "restricted"',
  async (namespace) => {
    await namespace.kubectl('label', 'namespace', namespace.name, 'pod-security.kubernetes.io/enforce=restricted');
    await secret(namespace, 'metrics-json', { username: 'metrics', password: 'a-password' });
    await applyDist(namespace, 'use-case-json-metrics.yaml');
    await namespace.apply(
      synthesized((chart) => {
        PodSecurity.restrict(pod(chart, 'prometheus', { command: sh(IDLE) }), { user: 65534 });
      }),
    );
    const shop = await namespace.ready('app=metrics-json');
    await namespace.ready('prometheus');
    const url = urlOf(shop);

    const queues = ['shop_queue_depth{queue="mail"} 3', 'shop_queue_depth{queue="pdf"} 0'];
    const text = await scraped(
      namespace,
      url,
      '# TYPE shop_orders_total counter',
      ...queues,
      'shop_info{version="1.4"} 1',
    );
    const ordersIn = (metrics: string): number => Number(/^shop_orders_total (\d+)$/m.exec(metrics)?.[1]);
    const orders = ordersIn(text);
    await eventually('there are more orders', async () => {
      const more = ordersIn(await scraped(namespace, url, ...queues));
      return more > orders || `${more}, and there were ${orders}`;
    });
    expect(await namespace.kubectl('get', 'pod,configmap', '-o', 'yaml')).not.toContain('a-password');
    expect(await namespace.logs(shop, 'metrics')).not.toContain('level=ERROR');
  },
);

e2e('a PodMonitor is what the operator of Prometheus takes, to the last field', async (namespace) => {
  const definition = readFileSync(join(project, 'test/support/custom-resources/podmonitors.yaml'), 'utf8');
  // It may be there, of another version as well, and others may use it: it stays.
  if ((await namespace.tryKubectl(['get', 'crd', CRD])).code !== 0) {
    const { code, stderr } = await namespace.tryKubectl(['create', '-f', '-'], definition);
    expect(code === 0 || stderr).toStrictEqual(code === 0 || expect.stringContaining('AlreadyExists'));
  }
  await namespace.kubectl('wait', '--for=condition=Established', `crd/${CRD}`, '--timeout=180s');
  const modules = [{ metrics: [{ name: 'n', path: '{.n}' }] }, { name: 'b', metrics: [{ name: 'n', path: '{.n}' }] }];
  const scrape = PrometheusScrape.podMonitor({
    name: 'web',
    labels: { release: 'prometheus' },
    interval: Duration.seconds(30),
    scrapeTimeout: Duration.millis(2500),
  });
  const monitors = (change: (monitor: ApiObject | undefined) => void): string =>
    synthesized((chart) => {
      change(PrometheusExporter.nginx(pod(chart, 'web'), 'metrics', { scrape }).podMonitor);
      PrometheusExporter.json(pod(chart, 'shop'), 'metrics', { scrape: PrometheusScrape.podMonitor(), modules });
    });
  const apply = ['apply', '--dry-run=server', '--validate=strict', '-f', '-'];

  const said = await eventually('the server knows PodMonitors', async () => {
    const outcome = await namespace.tryKubectl(
      apply,
      monitors(() => undefined),
    );
    return outcome.stderr.includes('no matches for kind') ? outcome.stderr : outcome;
  });
  expect(said).toMatchObject({ code: 0, stderr: '' });
  expect(said.stdout.match(/^podmonitor\.monitoring\.coreos\.com\/\S+ created/gm)).toHaveLength(2);

  const wrong = await namespace.tryKubectl(
    apply,
    monitors((monitor) => monitor?.addJsonPatch(JsonPatch.add('/spec/podMetricsEndpoints/0/parms', { module: ['a'] }))),
  );
  expect(wrong.stderr).toContain('unknown field "spec.podMetricsEndpoints[0].parms"');
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
  memcached: { port: 9150, up: 'memcached_up 0', add: PrometheusExporter.memcached.bind(PrometheusExporter) },
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
  await namespace.completed('job');
  const [done] = await namespace.pods('app=job');
  expect(await namespace.logs(done, 'main')).toContain('jobs_done_total{queue="mail"} 5');
  expect(endOf(done, 'metrics')).toBeDefined();

  const web = await namespace.ready('web');
  await namespace.ready('other');
  const url = `http://${web.status.podIP ?? ''}:8125/`;
  const outside = await namespace.exec('other', 'main', 'wget', '-T', '5', '-qO-', url);
  expect(outside.stderr).toContain('refused');
});
