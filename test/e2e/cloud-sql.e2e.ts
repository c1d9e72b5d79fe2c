import { join } from 'node:path';
import { Chart, Duration, JsonPatch } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { CloudSqlProxy, CloudSqlProxyProps, HelperKind, PodSecurity } from '../../lib';
import { project } from '../support/project';
import { serviceAccount } from '../support/service-account';
import { endOf, restartsOf } from './support/api';
import { synthesized } from './support/charts';
import { applyDist } from './support/dist';
import { e2e } from './support/e2e';
import { eventually } from './support/eventually';
import { ended, secondsToEnd } from './support/kept';
import { Namespace } from './support/namespace';
import { IDLE, pod, sh } from './support/pods';
import { outputOf, runProgram } from './support/program';
import { secret } from './support/secrets';

/**
 * `CloudSqlProxy` on a cluster, and the chart of its use case, where Pod Security "restricted" is enforced. What stands for
 * Google is in `test/support/cloud-sql-proxy`; behind it is a PostgreSQL.
 */

const RESTRICTED = { labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } };
const IMAGE = 'postgres:17-alpine';
const USER = 70;
const connectionName = 'my-shop:asia-northeast3:invoices';
const DATABASE = [
  { name: 'PGDATABASE', value: 'invoices' },
  { name: 'PGUSER', value: 'invoices@my-shop.iam' },
];

function service(chart: Chart, name: string, port: number, targetPort: number): void {
  new k8s.KubeService(chart, `${name}-service`, {
    metadata: { name },
    spec: { selector: { app: name }, ports: [{ port, targetPort: k8s.IntOrString.fromNumber(targetPort) }] },
  });
}

/** A PostgreSQL that trusts everybody: whom Cloud SQL lets in, Google has checked. */
async function database(namespace: Namespace): Promise<void> {
  await namespace.apply(
    synthesized((chart) => {
      service(chart, 'database', 5432, 5432);
      const hba = 'local all all trust\nhost all all all trust\n';
      new k8s.KubeConfigMap(chart, 'hba', { metadata: { name: 'hba' }, data: { 'pg_hba.conf': hba } });
      const server = pod(
        chart,
        'database',
        {
          image: IMAGE,
          command: ['docker-entrypoint.sh', 'postgres', '-c', 'hba_file=/etc/hba/pg_hba.conf'],
          env: [
            { name: 'POSTGRES_USER', value: 'invoices@my-shop.iam' },
            { name: 'POSTGRES_PASSWORD', value: 'of no use' },
            { name: 'POSTGRES_DB', value: 'invoices' },
            { name: 'PGDATA', value: '/var/lib/postgresql/data/pgdata' },
          ],
          readinessProbe: { exec: { command: ['pg_isready', '--quiet', '--host=127.0.0.1'] }, periodSeconds: 2 },
          volumeMounts: [{ name: 'hba', mountPath: '/etc/hba' }],
        },
        { volumes: [{ name: 'hba', configMap: { name: 'hba' } }] },
        {},
      );
      const writablePaths = ['/tmp', '/var/lib/postgresql/data', '/var/run/postgresql'];
      PodSecurity.restrict(server, { user: USER, containers: { main: { writablePaths } } });
    }),
  );
  await namespace.ready('database');
}

/** What stands for Google, with a database, at `http://cloud`. */
async function cloud(namespace: Namespace): Promise<void> {
  await database(namespace);
  await namespace.apply(
    synthesized((chart) => {
      service(chart, 'cloud', 80, 8080);
      const google = pod(
        chart,
        'cloud',
        {
          command: sh(
            'until [ -x /tmp/cloud-sql ]; do sleep 0.2; done; ' +
              `exec /tmp/cloud-sql 0.0.0.0:8080 "${connectionName}/public/$POD_IP/database:5432"`,
          ),
          env: [{ name: 'POD_IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } }],
          readinessProbe: { tcpSocket: { port: k8s.IntOrString.fromNumber(8080) }, periodSeconds: 1 },
        },
        {},
        {},
      );
      PodSecurity.restrict(google, { user: 65534, containers: { main: { writablePaths: ['/tmp'] } } });
    }),
  );
  await namespace.pod('cloud', 'runs', ({ status }) => status.phase === 'Running');
  const build = join(project, '.ci/cloud-sql-proxy');
  const folder = outputOf([build], await runProgram(build, [], { seconds: 1200 })).trim();
  const script = 'cat >/tmp/program && chmod +x /tmp/program && mv /tmp/program /tmp/cloud-sql';
  expect(await namespace.bash(`kubectl exec --stdin cloud -- sh -c '${script}' <'${folder}/cloud-sql'`)).toMatchObject({
    code: 0,
  });
  await namespace.ready('cloud');
}

/** Where the API is, and the metadata server that the pod's account is asked for at. */
const ELSEWHERE = [
  { name: 'CSQL_PROXY_SQLADMIN_API_ENDPOINT', value: 'http://cloud' },
  { name: 'GCE_METADATA_HOST', value: 'cloud' },
];

function proxy(workload: Construct, id: string, props: Partial<CloudSqlProxyProps> = {}, listen = 5432): void {
  new CloudSqlProxy(workload, id, { instances: [{ connectionName, listen }], ...props }).addJsonPatch(
    JsonPatch.add('/env', ELSEWHERE),
  );
}

e2e(
  'Cloud SQL: without Google it listens and says why it closes connections; where it is there, queries need no password',
  async (namespace) => {
    const key = serviceAccount('http://cloud');
    await secret(namespace, 'invoices-account', { 'service_account.json': key });
    await applyDist(namespace, 'use-case-cloud-sql.yaml');
    const invoices = await namespace.ready('app=invoices');

    const failures = await namespace.logged(invoices, 'app', /failed\n/);
    expect(failures).toContain('server closed the connection unexpectedly');
    const lines = (await namespace.logged(invoices, 'sql', /"severity":"ERROR"/)).trim().split('\n');
    expect(lines.map((line) => typeof JSON.parse(line))).toStrictEqual(lines.map(() => 'object'));
    expect(restartsOf(await namespace.ready('app=invoices'))).toBe(0);

    await cloud(namespace);
    const env = ELSEWHERE.slice(0, 1);
    const patch = { spec: { template: { spec: { initContainers: [{ name: 'sql', env }] } } } };
    await namespace.kubectl('patch', 'deployment', 'invoices', '--patch', JSON.stringify(patch));
    await namespace.rolledOut('invoices');
    await eventually(
      'the old pod is gone',
      async () => (await namespace.pods('app=invoices')).length === 1 || 'not yet',
    );
    const patched = await namespace.ready('app=invoices');

    expect(await namespace.logged(patched, 'app', /invoices at \d{4}-/)).not.toContain('failed');
    const told = await namespace.logs('cloud', 'main');
    expect(told).toContain(`${connectionName} is looked up as Bearer key sqlservice.admin\n`);
    expect(told).toContain(`${connectionName} is to be reached with the login "key sqlservice.login"\n`);
    const elsewhere = await namespace.exec(patched, 'app', 'pg_isready', '-h', patched.status.podIP ?? '');
    expect(elsewhere.stdout).toContain('no response');
    const logs = await namespace.logs(patched, 'sql');
    const manifests = await namespace.kubectl('get', 'pods,deployments,configmaps', '-o', 'yaml');
    expect(logs + manifests).not.toContain('PRIVATE KEY');
  },
  RESTRICTED,
);

/** Asks as soon as it starts and until it is answered, and once more, on a connection of its own, after SIGTERM. */
const UNTIL_THE_END = `
last() {
  psql -Atc "SELECT 'last answer'" >/dev/termination-log 2>&1
  exit
}
until psql -Atc "SELECT 'first answer'"; do echo failed; sleep 1; done
trap last INT TERM # the image says SIGINT
while true; do sleep 3600 & wait $!; done
`;

/** How many seconds it would wait for connections, which is more than a busy machine takes to end it. */
const STOP_DELAY = 120;

e2e.each('the app that a native one was there before gets its first query through, and its last', {
  'Google is there': false,
  'Google comes later': true,
})(async (namespace, isLate) => {
  if (!isLate) {
    await cloud(namespace);
  }
  await namespace.apply(
    synthesized((chart) => {
      const main = { image: IMAGE, command: sh(UNTIL_THE_END), env: connection(5432) };
      const web = pod(chart, 'web', main, { terminationGracePeriodSeconds: 2 * STOP_DELAY });
      proxy(web, 'sql', { kind: HelperKind.NATIVE_SIDECAR, shutdownTimeout: Duration.seconds(STOP_DELAY) });
      PodSecurity.restrict(web, { user: USER });
    }),
  );
  if (isLate) {
    await namespace.logged('web', 'main', /failed/);
    await cloud(namespace);
  }
  const log = await namespace.logged('web', 'main', /first answer/);
  expect(log.includes('failed')).toBe(isLate);
  expect(restartsOf(await namespace.ready('web'))).toBe(0);

  const over = await ended(namespace, 'web');

  expect(endOf(over.pod, 'main')?.message).toBe('last answer\n');
  const [main, sql] = ['main', 'sql'].map((name) => secondsToEnd(over, name));
  expect(sql).toBeGreaterThanOrEqual(main);
  // There are no connections to wait for.
  expect(sql - main).toBeLessThan(STOP_DELAY);
  expect(endOf(over.pod, 'sql')?.exitCode).toBe(0);
});

function connection(port: number): k8s.EnvVar[] {
  return [...DATABASE, { name: 'PGHOST', value: 'localhost' }, { name: 'PGPORT', value: String(port) }];
}

e2e.each('two in a pod run under "restricted"', {
  native: HelperKind.NATIVE_SIDECAR,
  regular: HelperKind.REGULAR,
})(async (namespace, kind) => {
  await cloud(namespace);
  await namespace.apply(
    synthesized((chart) => {
      const script = `for port in 5432 5433; do
  until psql -p $port -Atc "SELECT 'through $port'"; do sleep 1; done
done
${IDLE}`;
      const web = pod(chart, 'web', { image: IMAGE, command: sh(script), env: connection(5432) });
      proxy(web, 'one', { kind });
      proxy(web, 'two', { kind, healthPort: 9802 }, 5433);
      PodSecurity.restrict(web, { user: USER });
    }),
  );

  await namespace.logged('web', 'main', /through 5432\n[^]*through 5433\n/);
  expect(restartsOf(await namespace.ready('web'))).toBe(0);
}, RESTRICTED);

e2e(
  'a Job completes as soon as its query is answered, with a native one beside it',
  async (namespace) => {
    await cloud(namespace);
    await namespace.apply(
      synthesized((chart) => {
        const command = ['psql', '-Atc', 'SELECT 6 * 7'];
        const job = new k8s.KubeJob(chart, 'job', {
          metadata: { name: 'job' },
          spec: {
            template: {
              spec: {
                restartPolicy: 'Never',
                containers: [{ name: 'main', image: IMAGE, command, env: connection(5432) }],
              },
            },
          },
        });
        proxy(job, 'sql', { kind: HelperKind.NATIVE_SIDECAR });
        PodSecurity.restrict(job, { user: USER });
      }),
    );

    await namespace.completed('job');
    const [done] = await namespace.pods('job-name=job');
    expect(await namespace.logs(done, 'main')).toBe('42\n');
  },
  RESTRICTED,
);
