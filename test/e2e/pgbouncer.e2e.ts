import { Chart, Duration } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import {
  HelperKind,
  PgBouncerAmbassador,
  PgBouncerPoolMode,
  PgBouncerTls,
  PgBouncerUsers,
  PodSecurity,
} from '../../lib';
import { endOf, restartsOf, statusOf } from './support/api';
import { synthesized } from './support/charts';
import { applyDist } from './support/dist';
import { e2e } from './support/e2e';
import { eventually } from './support/eventually';
import { ended } from './support/kept';
import { Namespace } from './support/namespace';
import { pod, sh } from './support/pods';
import { certificateFor, secret } from './support/secrets';

/** `PgBouncerAmbassador` on a cluster, and the chart of its use case, where Pod Security "restricted" is enforced. */

const RESTRICTED = { labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } };
const PASSWORD = `it's "a" \\password $(of) no shell`;
const IMAGE = 'postgres:17-alpine';
const USER = 70;

/** The Secrets that the chart's comment makes, with a password that wants to be quoted. */
async function secrets(namespace: Namespace, host = 'shop-db'): Promise<void> {
  await secret(namespace, 'shop-db', { username: 'shop', password: PASSWORD });
  await secret(namespace, 'shop-db-tls', certificateFor(host));
}

const fromSecret = (name: string, key: string): k8s.EnvVar => ({
  name,
  valueFrom: { secretKeyRef: { name: 'shop-db', key } },
});

/** A client of the database with an ambassador, which ends by itself or by SIGTERM. */
function client(chart: Chart, name: string, script: string): void {
  const env = [
    fromSecret('PGUSER', 'username'),
    fromSecret('PGPASSWORD', 'password'),
    { name: 'PGDATABASE', value: 'shop' },
  ];
  const web = pod(chart, name, { image: IMAGE, command: sh(script), env });
  new PgBouncerAmbassador(web, 'db-pool', {
    kind: HelperKind.NATIVE_SIDECAR,
    databases: [{ name: 'shop', host: 'shop-db' }],
    users: PgBouncerUsers.fromCredentials({ secret: 'shop-db' }),
    tls: PgBouncerTls.verified({ caSecret: 'shop-db-tls' }),
    poolMode: PgBouncerPoolMode.TRANSACTION,
    timeouts: { clientLogin: Duration.minutes(5) },
    env: { PGHOST: '{host}', PGPORT: '{port}' },
  });
  PodSecurity.restrict(web, { user: USER, containers: { main: { writablePaths: ['/tmp'] } } });
}

e2e(
  'database connections: five clients share two connections from the first query on, and no password is told',
  async (namespace) => {
    await secrets(namespace);
    await applyDist(namespace, 'use-case-database-connections.yaml');
    const shop = await namespace.ready('app=shop-app');

    const log = await namespace.logged(shop, 'app', /(client \d on connection \d+\n[^]*){15}/);

    expect(log).not.toMatch(/failed|error|refused/);
    const clients = new Set(log.match(/client \d/g));
    const connections = new Set([...log.matchAll(/on connection (\d+)/g)].map(([, pid]) => pid));
    expect(clients.size).toBe(5);
    expect(connections.size).toBe(2);
    expect(restartsOf(shop)).toBe(0);
    const told = [
      await namespace.kubectl('get', 'configmaps,pods', '-o', 'yaml'),
      await namespace.logs(shop, 'db-pool'),
      (await namespace.exec(shop, 'db-pool', 'cat', '/proc/1/cmdline', '/proc/1/environ')).stdout,
    ].join('\n');
    expect(told).toContain('pgbouncer');
    expect(told).not.toContain(PASSWORD.slice(0, 8));
    const list = await namespace.exec(shop, 'db-pool', 'stat', '-c', '%a %u', '/etc/pgbouncer-users/userlist.txt');
    expect(list.stdout).toBe('600 70\n');
    const address = await namespace.exec(shop, 'app', 'pg_isready', '-h', shop.status.podIP ?? '', '-p', '5432');
    expect(address.stdout).toContain('no response');
  },
  RESTRICTED,
);

e2e(
  'database connections: a server that shows another name gets no query',
  async (namespace) => {
    await secrets(namespace, 'somebody-else');
    await applyDist(namespace, 'use-case-database-connections.yaml');
    await namespace.ready('app=shop-db');
    const shop = await namespace.ready('app=shop-app');

    await namespace.logged(shop, 'db-pool', /name `shop-db' not present in server certificate/);
    expect(await namespace.logs(shop, 'app')).not.toContain('on connection');
  },
  RESTRICTED,
);

/** Asks as soon as it starts, keeps a connection open, and asks on it and on a new one after SIGTERM. */
const UNTIL_THE_END = `
last() {
  echo "SELECT 'last answer';" >&3
  sleep 2
  psql -Atc "SELECT 'new connection'" >>/tmp/answers 2>&1
  cat /tmp/answers >/dev/termination-log
  exit
}
psql -Atc "SELECT 'first answer'" || echo failed
mkfifo /tmp/queries
psql -At </tmp/queries >/tmp/answers &
exec 3>/tmp/queries
echo "SELECT 'open';" >&3
until grep open /tmp/answers; do sleep 1; done
trap last INT TERM # the image says SIGINT
while true; do sleep 3600 & wait $!; done
`;

e2e.each('the app that an ambassador was there before gets its first query through, and its last', {
  'the server is there': false,
  'the server comes half a minute later': true,
})(async (namespace, isLate) => {
  await secrets(namespace);
  const database = async () => {
    await applyDist(namespace, 'use-case-database-connections.yaml');
    await namespace.kubectl('delete', 'deployment', 'shop-app');
    await namespace.ready('app=shop-db');
  };
  if (!isLate) {
    await database();
  }
  await namespace.apply(
    synthesized((chart) => {
      client(chart, 'web', UNTIL_THE_END);
    }),
  );
  if (isLate) {
    await eventually('the app waits', async () => {
      const web = await namespace.find<Parameters<typeof statusOf>[0]>('pods/web');
      return web !== undefined && 'running' in statusOf(web, 'main').state ? true : 'not yet';
    });
    await database();
  }
  expect(await namespace.logged('web', 'main', /first answer\n[^]*open\n/)).not.toContain('failed');

  const over = await ended(namespace, 'web');

  expect(endOf(over.pod, 'main')?.message).toBe('open\nlast answer\nnew connection\n');
  const [main, pool] = ['main', 'db-pool'].map((name) => Date.parse(endOf(over.pod, name)?.finishedAt ?? ''));
  expect(pool).toBeGreaterThanOrEqual(main);
  // It ends with its last client; at the end of the grace period it would have been killed.
  expect(endOf(over.pod, 'db-pool')?.exitCode).not.toBe(137);
});

e2e(
  'a Job completes as soon as its queries are done, with the ambassador beside it',
  async (namespace) => {
    await secrets(namespace);
    await applyDist(namespace, 'use-case-database-connections.yaml');
    await namespace.ready('app=shop-db');
    await namespace.apply(
      synthesized((chart) => {
        const job = new k8s.KubeJob(chart, 'job', {
          metadata: { name: 'job' },
          spec: {
            template: {
              spec: {
                restartPolicy: 'Never',
                containers: [
                  {
                    name: 'main',
                    image: IMAGE,
                    command: ['psql', '-Atc', 'SELECT 6 * 7'],
                    env: [
                      fromSecret('PGUSER', 'username'),
                      fromSecret('PGPASSWORD', 'password'),
                      { name: 'PGDATABASE', value: 'shop' },
                    ],
                  },
                ],
              },
            },
          },
        });
        new PgBouncerAmbassador(job, 'db-pool', {
          kind: HelperKind.NATIVE_SIDECAR,
          databases: [{ name: 'shop', host: 'shop-db' }],
          users: PgBouncerUsers.fromCredentials({ secret: 'shop-db' }),
          tls: PgBouncerTls.verified({ caSecret: 'shop-db-tls' }),
          env: { PGHOST: '{host}', PGPORT: '{port}' },
        });
        PodSecurity.restrict(job, { user: USER });
      }),
    );

    await namespace.completed('job');
    const [done] = await namespace.pods('job-name=job');
    expect(await namespace.logs(done, 'main')).toBe('42\n');
  },
  RESTRICTED,
);
