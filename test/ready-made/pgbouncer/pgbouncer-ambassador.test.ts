import { Testing, Yaml } from 'cdk8s';
import {
  PgBouncerAmbassador,
  PgBouncerAmbassadorProps,
  PgBouncerPoolMode,
  PgBouncerTls,
  PgBouncerUsers,
} from '../../../lib';
import { Manifest } from '../../../lib/values/pod';
import { deployment, synthManifests, synthPodSpec } from '../../support/workloads';

const users = PgBouncerUsers.fromCredentials({ secret: 'shop-db' });
const shop: PgBouncerAmbassadorProps = { users, databases: [{ name: 'shop', host: 'postgres' }] };

test('an ambassador of few words is hardened, probed, has its users from a Secret and listens for its pod only', () => {
  const chart = Testing.chart();

  new PgBouncerAmbassador(deployment(chart), 'db', {
    ...shop,
    poolMode: PgBouncerPoolMode.TRANSACTION,
    tls: PgBouncerTls.verified({ caSecret: 'shop-db-ca' }),
    env: { PGHOST: '{host}', PGPORT: '{port}' },
  });

  expect(Yaml.stringify(...(Testing.synth(chart) as Manifest[]))).toMatchSnapshot();
});

test('a list of users is mounted as it is, and PgBouncer itself is what runs', () => {
  const chart = Testing.chart();

  new PgBouncerAmbassador(deployment(chart), 'db', {
    ...shop,
    users: PgBouncerUsers.fromUserList('pgbouncer-users', 'users'),
    tls: PgBouncerTls.plaintext(),
  });

  const { containers, volumes } = synthPodSpec(chart);
  expect(containers?.[1]).toMatchObject({
    command: ['pgbouncer', '/etc/pgbouncer/pgbouncer.ini'],
    volumeMounts: [
      { name: 'db-users', mountPath: '/etc/pgbouncer-users', readOnly: true },
      { name: 'db-config', mountPath: '/etc/pgbouncer' },
    ],
  });
  expect(volumes?.[0]).toStrictEqual({
    name: 'db-users',
    secret: { secretName: 'pgbouncer-users', items: [{ key: 'users', path: 'userlist.txt' }] },
  });
});

test('several Secrets with keys of their own are users, and a ConfigMap and a Secret are the certificates', () => {
  const chart = Testing.chart();

  new PgBouncerAmbassador(deployment(chart), 'db', {
    ...shop,
    users: PgBouncerUsers.fromCredentials(
      { secret: 'shop-db' },
      { secret: 'report-db', usernameKey: 'user', passwordKey: 'pass' },
    ),
    tls: PgBouncerTls.verified({ caConfigMap: 'trust', caKey: 'root.pem', clientSecret: 'shop-client' }),
  });

  const volumes = synthPodSpec(chart).volumes as { name: string; projected?: unknown }[];
  expect(volumes.filter(({ projected }) => projected)).toStrictEqual([
    {
      name: 'db-credentials',
      projected: {
        sources: [
          {
            secret: {
              name: 'shop-db',
              items: [
                { key: 'username', path: '1/username' },
                { key: 'password', path: '1/password' },
              ],
            },
          },
          {
            secret: {
              name: 'report-db',
              items: [
                { key: 'user', path: '2/username' },
                { key: 'pass', path: '2/password' },
              ],
            },
          },
        ],
      },
    },
    {
      name: 'db-tls',
      projected: {
        sources: [
          { configMap: { name: 'trust', items: [{ key: 'root.pem', path: 'ca.crt' }] } },
          {
            secret: {
              name: 'shop-client',
              items: [
                { key: 'tls.crt', path: 'tls.crt' },
                { key: 'tls.key', path: 'tls.key' },
              ],
            },
          },
        ],
      },
    },
  ]);
});

test('a container of its own appears exactly as it was given, with configuration and users mounted', () => {
  const chart = Testing.chart();

  const ambassador = new PgBouncerAmbassador(deployment(chart), 'db', {
    ...shop,
    users: PgBouncerUsers.fromUserList('pgbouncer-users'),
    container: {
      name: 'pooler',
      image: 'registry.example/pgbouncer:1.24.1',
      volumeMounts: [{ name: 'a', mountPath: '/a' }],
    },
    volumes: [{ name: 'a', emptyDir: {} }],
    configMapName: 'pooler-config',
    configVolumeName: 'pooler-ini',
  });

  expect(synthPodSpec(chart).containers?.[1]).toStrictEqual({
    name: 'pooler',
    image: 'registry.example/pgbouncer:1.24.1',
    volumeMounts: [
      { name: 'a', mountPath: '/a' },
      { name: 'pooler-users', mountPath: '/etc/pgbouncer-users', readOnly: true },
      { name: 'pooler-ini', mountPath: '/etc/pgbouncer' },
    ],
  });
  expect(ambassador.configMap.name).toBe('pooler-config');
});

test('the probe asks where it listens', () => {
  const chart = Testing.chart();

  new PgBouncerAmbassador(deployment(chart), 'db', { ...shop, listen: 6432, listenAddress: '::1' });

  expect(synthPodSpec(chart).containers?.[1]).toMatchObject({
    ports: [{ containerPort: 6432 }],
    startupProbe: {
      exec: { command: ['pg_isready', '--quiet', '--host=::1', '--port=6432', expect.anything(), expect.anything()] },
    },
  });
});

test('the main container is sent to localhost, with a password of its own, and readers are told what is behind it', () => {
  const chart = Testing.chart();
  const secretKeyRef = { name: 'shop-db', key: 'password' };
  const web = deployment(chart, 'web', {
    containers: [{ name: 'app', image: 'a', env: [{ name: 'DB_PASSWORD', valueFrom: { secretKeyRef } }] }],
  });

  const ambassador = new PgBouncerAmbassador(web, 'db', {
    ...shop,
    databases: [...shop.databases, { name: 'report', host: 'replica', port: 5433 }, { name: 'old', host: 'postgres' }],
    env: { DATABASE_URL: 'postgres://shop:$(DB_PASSWORD)@{host}:{port}/shop' },
  });

  expect(synthPodSpec(chart).containers?.[0].env).toStrictEqual([
    { name: 'DB_PASSWORD', valueFrom: { secretKeyRef } },
    { name: 'DATABASE_URL', value: 'postgres://shop:$(DB_PASSWORD)@localhost:5432/shop' },
  ]);
  expect(ambassador.listeners).toMatchObject([
    { port: 5432, address: '127.0.0.1', upstream: 'postgres:5432, replica:5433' },
  ]);
});

test('no password is in the manifests, wherever it is', () => {
  const chart = Testing.chart();

  new PgBouncerAmbassador(deployment(chart), 'db', shop);

  expect(JSON.stringify(synthManifests(chart))).not.toMatch(/secretKeyRef|"kind":"Secret"/);
});

test('all that is wrong with the settings is told at once, with the path of the construct', () => {
  const web = deployment(Testing.chart());

  expect(
    () =>
      new PgBouncerAmbassador(web, 'db', {
        ...shop,
        databases: [],
        listen: 0,
        container: { name: 'pooler' },
        image: 'pgbouncer',
      }),
  ).toThrow(
    new Error(`test/web/db: no pgbouncer.ini can be made:
  listen is 0; give a whole number from 1 to 65535
  there is no database to connect to; give at least one in "databases"
  "container" is given, and users from credentials need what the ready-made one does at its start; give PgBouncerUsers.fromUserList, or leave out "container"
  "image" is that of the ready-made container, but "container" is given; say it there`),
  );
});
