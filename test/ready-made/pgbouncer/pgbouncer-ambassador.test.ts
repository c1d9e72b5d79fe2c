import { join } from 'node:path';
import { Include, JsonPatch, Testing, Yaml } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { k8s } from 'cdk8s-plus-28';
import {
  ConfigChange,
  HelperKind,
  ImageRegistry,
  KubernetesVersion,
  PgBouncerAmbassador,
  PgBouncerAmbassadorProps,
  PgBouncerPoolMode,
  PgBouncerTls,
  PgBouncerUsers,
  Workloads,
} from '../../../lib';
import { Manifest } from '../../../lib/values/pod';
import { deployment, podSpecOf, synthErrors, synthManifests, synthPodSpec } from '../../support/workloads';

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

test('the image comes from the registry that is set, or from elsewhere', () => {
  const image = (props: Partial<PgBouncerAmbassadorProps>) => {
    const chart = Testing.chart();
    ImageRegistry.target(chart, 'registry.example');
    new PgBouncerAmbassador(deployment(chart), 'db', { ...shop, ...props });
    return synthPodSpec(chart).containers?.[1].image;
  };

  expect(image({})).toBe('registry.example/edoburu/pgbouncer:v1.25.2-p0');
  expect(image({ image: 'elsewhere.example/pgbouncer:1' })).toBe('elsewhere.example/pgbouncer:1');
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

test('as a native sidecar it is there before the main container starts, also in a Job', () => {
  const chart = Testing.chart();
  KubernetesVersion.target(chart, '1.31');
  const job = new k8s.KubeJob(chart, 'job', {
    spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'app', image: 'a' }] } } },
  });

  new PgBouncerAmbassador(job, 'db', shop);

  expect(synthErrors(chart)).toStrictEqual([]);
  expect(synthPodSpec(chart, 'Job').initContainers).toMatchObject([
    { name: 'db', restartPolicy: 'Always', startupProbe: { periodSeconds: 1 } },
  ]);
});

test('as a regular container it keeps a Job from completing, which is an error', () => {
  const chart = Testing.chart();
  const job = new k8s.KubeJob(chart, 'job', {
    spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'app', image: 'a' }] } } },
  });

  new PgBouncerAmbassador(job, 'db', { ...shop, kind: HelperKind.REGULAR });

  expect(synthErrors(chart)).toHaveLength(1);
});

test('two in one pod are fine on ports of their own', () => {
  const pod = (listen?: number) => {
    const chart = Testing.chart();
    const web = deployment(chart);
    new PgBouncerAmbassador(web, 'one', shop);
    new PgBouncerAmbassador(web, 'two', { ...shop, listen });
    return synthErrors(chart);
  };

  expect(pod(6432)).toStrictEqual([]);
  expect(pod()).toStrictEqual([
    '[test/web] port-conflict: containers "one" and "two" both listen on port 5432/TCP, but the ' +
      'containers of a pod share one network namespace; give one of them another port',
  ]);
});

test('it joins a workload of cdk8s-plus, and one that a YAML file brings', () => {
  const chart = Testing.chart();
  const plus = new kplus.Deployment(chart, 'plus', { containers: [{ image: 'a' }] });
  const [vendor] = Workloads.allOf(
    new Include(chart, 'vendor', { url: join(__dirname, '../../fixtures/helm-chart.yaml') }),
    {
      kinds: ['Deployment'],
    },
  );

  for (const workload of [plus, vendor]) {
    new PgBouncerAmbassador(workload, 'db', shop);
  }

  const names = synthManifests(chart)
    .filter(({ kind }) => kind === 'Deployment')
    .map((manifest) => podSpecOf(manifest).containers?.map(({ name }) => name));
  expect(names).toHaveLength(2);
  expect(names.every((all) => all?.at(-1) === 'db')).toBe(true);
});

test('a field that the ready-made container has otherwise can be patched', () => {
  const chart = Testing.chart();

  const ambassador = new PgBouncerAmbassador(deployment(chart), 'db', shop);
  ambassador.addJsonPatch(JsonPatch.replace('/startupProbe/failureThreshold', 60));

  expect(synthPodSpec(chart).containers?.[1].startupProbe).toMatchObject({ failureThreshold: 60 });
});

test('one ConfigMap stays the same where that is asked for, and its checksum replaces the pods', () => {
  const chart = Testing.chart();

  const ambassador = new PgBouncerAmbassador(deployment(chart), 'db', {
    ...shop,
    configMapName: 'db-config',
    onChange: ConfigChange.RESTART,
  });

  expect(ambassador.configMap.name).toBe('db-config');
  expect(JSON.stringify(synthManifests(chart)[0])).toContain('"checksum/db-config":');
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
