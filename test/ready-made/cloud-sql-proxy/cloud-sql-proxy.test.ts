import { Duration, Testing, Yaml } from 'cdk8s';
import {
  CloudSqlCredentials,
  CloudSqlNetwork,
  CloudSqlProxy,
  CloudSqlProxyProps,
  OpenTelemetryInput,
} from '../../../lib';
import { cloudSqlProblems } from '../../../lib/ready-made/cloud-sql-proxy/cloud-sql-problems';
import { Manifest } from '../../../lib/values/pod';
import { deployment, synthErrors, synthPodSpec } from '../../support/workloads';

const orders = { connectionName: 'my-shop:europe-west1:orders', listen: 5432 };
const stock = { connectionName: 'my-shop:asia-northeast3:stock', listen: 3306 };
const instances = [orders];

test('a proxy of few words is hardened, probed and listens for its pod only', () => {
  const chart = Testing.chart();

  new CloudSqlProxy(deployment(chart), 'sql', {
    instances: [{ ...orders, env: { PGHOST: '{host}', PGPORT: '{port}' } }],
  });

  expect(Yaml.stringify(...(Testing.synth(chart) as Manifest[]))).toMatchSnapshot();
});

test('every setting has its argument', () => {
  const chart = Testing.chart();

  const proxy = new CloudSqlProxy(deployment(chart), 'sql', {
    instances: [
      { ...orders, network: CloudSqlNetwork.PRIVATE_IP, iamLogin: true, env: { PGPORT: '{port}' } },
      { ...stock, network: CloudSqlNetwork.PSC },
    ],
    credentials: CloudSqlCredentials.serviceAccountKey({
      secret: 'sql-account',
      key: 'account.json',
      impersonate: 'orders@my-shop.iam.gserviceaccount.com',
      delegates: ['first@my-shop.iam.gserviceaccount.com', 'last@my-shop.iam.gserviceaccount.com'],
    }),
    listenAddress: '::1',
    maxConnections: 10,
    shutdownTimeout: Duration.millis(1500),
    lazyRefresh: true,
    quotaProject: 'my-quota',
    healthPort: 9700,
  });

  const { containers, volumes } = synthPodSpec(chart);
  expect(containers?.[1].args).toStrictEqual([
    '--structured-logs',
    '--address=::1',
    '--health-check',
    '--prometheus',
    '--http-address=0.0.0.0',
    '--http-port=9700',
    '--max-sigterm-delay=1500ms',
    '--exit-zero-on-sigterm',
    '--max-connections=10',
    '--lazy-refresh',
    '--quota-project=my-quota',
    '--credentials-file=/etc/cloud-sql-credentials/key.json',
    '--impersonate-service-account=orders@my-shop.iam.gserviceaccount.com,last@my-shop.iam.gserviceaccount.com,' +
      'first@my-shop.iam.gserviceaccount.com',
    'my-shop:europe-west1:orders?port=5432&private-ip=true&auto-iam-authn=true',
    'my-shop:asia-northeast3:stock?port=3306&psc=true&auto-iam-authn=false',
  ]);
  expect(volumes).toStrictEqual([
    {
      name: 'sql-credentials',
      secret: { secretName: 'sql-account', items: [{ key: 'account.json', path: 'key.json' }] },
    },
  ]);
  expect(containers?.[1].volumeMounts).toStrictEqual([
    { name: 'sql-credentials', mountPath: '/etc/cloud-sql-credentials', readOnly: true },
  ]);
  expect(containers?.[0]).toMatchObject({ env: [{ name: 'PGPORT', value: '5432' }] });
  expect(containers?.[0].volumeMounts).toBeUndefined();
  expect(proxy.listeners).toMatchObject([
    { port: 5432, address: '::1', upstream: 'my-shop:europe-west1:orders' },
    { port: 3306, upstream: 'my-shop:asia-northeast3:stock' },
  ]);
});

test('the account of the pod may become another one, too', () => {
  const chart = Testing.chart();
  const impersonate = 'orders@my-shop.iam.gserviceaccount.com';

  new CloudSqlProxy(deployment(chart), 'sql', {
    instances,
    credentials: CloudSqlCredentials.workloadIdentity({ impersonate }),
  });

  const { containers, volumes } = synthPodSpec(chart);
  expect(containers?.[1].args).toContain(`--impersonate-service-account=${impersonate}`);
  expect(volumes).toBeUndefined();
});

test('a container of its own gets arguments and the key, and nothing else', () => {
  const chart = Testing.chart();
  const container = {
    name: 'proxy',
    image: 'registry.example/cloud-sql-proxy:2',
    volumeMounts: [{ name: 'a', mountPath: '/a' }],
  };

  new CloudSqlProxy(deployment(chart), 'sql', {
    instances,
    container,
    volumes: [{ name: 'a', emptyDir: {} }],
    credentials: CloudSqlCredentials.serviceAccountKey({ secret: 'sql-account' }),
  });

  expect(synthPodSpec(chart).containers?.[1]).toStrictEqual({
    ...container,
    args: expect.arrayContaining(['my-shop:europe-west1:orders?port=5432']) as unknown,
    volumeMounts: [
      { name: 'a', mountPath: '/a' },
      { name: 'proxy-credentials', mountPath: '/etc/cloud-sql-credentials', readOnly: true },
    ],
  });
});

test('how long it waits is within the grace period', () => {
  const chart = Testing.chart();

  new CloudSqlProxy(deployment(chart), 'sql', { instances, shutdownTimeout: Duration.seconds(40) });

  expect(synthErrors(chart)).toStrictEqual([expect.stringContaining('terminationGracePeriod')]);
});

test('the port for probes is known of a container of its own', () => {
  const chart = Testing.chart();
  const web = deployment(chart, 'web', { containers: [{ name: 'app', image: 'a', ports: [{ containerPort: 9801 }] }] });

  new CloudSqlProxy(web, 'sql', { instances, container: { name: 'sql', image: 'a' } });

  expect(synthErrors(chart)).toStrictEqual([expect.stringContaining('9801/TCP')]);
});

test('all that is wrong is told at once, with the path of the construct', () => {
  const web = deployment(Testing.chart());

  expect(
    () =>
      new CloudSqlProxy(web, 'sql', {
        instances: [
          { connectionName: 'orders', listen: 9801 },
          { ...orders, listen: 70000 },
          { ...orders, listen: 70000, iamLogin: true },
        ],
        listenAddress: 'localhost',
        maxConnections: 0,
        quotaProject: 'Shop',
        shutdownTimeout: Duration.seconds(1),
        shutdownDeadline: Duration.seconds(1),
        container: { name: 'sql', args: ['--quiet'] },
        image: 'proxy',
      }),
  ).toThrow(
    new Error(`test/web/sql: no Cloud SQL Auth Proxy can be made:
  instances[0].connectionName is "orders"; give "project:region:instance", as "gcloud sql instances describe" tells it
  the instance "my-shop:europe-west1:orders" is there with and without "iamLogin"; give all of them the same
  instances[1].listen is 70000; give a whole number from 1 to 65535
  instances[2].listen is 70000; give a whole number from 1 to 65535
  instances[0].listen and healthPort are both 9801; give each a port of its own
  listenAddress is "localhost", where the main container does not find it at localhost; give one of "127.0.0.1", "::1", "0.0.0.0", "::"
  maxConnections is 0; give a whole number from 1 to 1000000
  quotaProject is "Shop"; give the id of a project, such as "my-shop"
  "shutdownTimeout" is how long the proxy takes to stop; leave out "shutdownDeadline"
  "container" has args of its own, which those of the settings would replace; leave them out
  "image" is that of the ready-made container, but "container" is given; say it there`),
  );
});

test('values of another shape are told by their place', () => {
  const settings = {
    instances: [{ ...orders, iamlogin: true, network: 'private' }],
    credentials: 'sql-account',
  } as unknown as CloudSqlProxyProps;

  expect(cloudSqlProblems(settings)).toStrictEqual([
    'instances[0].network is "private"; give one of CloudSqlNetwork.PUBLIC_IP, CloudSqlNetwork.PRIVATE_IP, CloudSqlNetwork.PSC',
    'instances[0].iamlogin is no property; did you mean instances[0].iamLogin?',
    'credentials is "sql-account"; give CloudSqlCredentials, as in CloudSqlCredentials.workloadIdentity()',
  ]);
});

test('a name of which a part was missing is none', () => {
  expect(
    cloudSqlProblems({ instances: [{ ...orders, connectionName: 'my-shop:europe-west1:undefined' }] }),
  ).toStrictEqual([
    'instances[0].connectionName is "my-shop:europe-west1:undefined"; give "project:region:instance", as "gcloud sql ' +
      'instances describe" tells it',
  ]);
});

test('an object of another class is no credentials', () => {
  const credentials = OpenTelemetryInput.otlp() as unknown as CloudSqlCredentials;

  expect(cloudSqlProblems({ instances, credentials })).toStrictEqual([
    'credentials is an OpenTelemetryInput; give CloudSqlCredentials, as in CloudSqlCredentials.workloadIdentity()',
  ]);
});

test('no instance is none', () => {
  expect(cloudSqlProblems({ instances: [] })).toStrictEqual(['there is no instance; give at least one in "instances"']);
});

test.each<[string, CloudSqlCredentials, string[]]>([
  [
    'names that nothing has',
    CloudSqlCredentials.serviceAccountKey({ secret: 'Sql', key: '../key' }),
    [
      'credentials.secret is "Sql"; give the name of an object: small letters, digits, "-" and "."',
      'credentials.key is "../key"; give letters, digits, "-", "_" and "."',
    ],
  ],
  [
    "a user of the database's",
    CloudSqlCredentials.workloadIdentity({ impersonate: 'orders@my-shop.iam' }),
    [
      'credentials.impersonate is "orders@my-shop.iam"; give a service account, such as ' +
        '"orders@my-shop.iam.gserviceaccount.com"',
    ],
  ],
  [
    'a way without an end',
    CloudSqlCredentials.workloadIdentity({ delegates: ['orders@my-shop.iam.gserviceaccount.com'] }),
    ['credentials.delegates lead to no service account; give that in "impersonate"'],
  ],
  [
    'a slip',
    CloudSqlCredentials.workloadIdentity({ impersonates: 'a' } as never),
    ['credentials.impersonates is no property; did you mean credentials.impersonate?'],
  ],
  [
    'no options',
    CloudSqlCredentials.serviceAccountKey(undefined as never),
    ['credentials: options is missing; give an object'],
  ],
])('credentials that are none are told with the rest: %s', (_, credentials, problems) => {
  expect(cloudSqlProblems({ instances, credentials, maxConnections: -1 })).toStrictEqual([
    ...problems,
    'maxConnections is -1; give a whole number from 1 to 1000000',
  ]);
});

test('a deadline that the proxy would not keep is an error', () => {
  const web = deployment(Testing.chart());

  expect(() => new CloudSqlProxy(web, 'sql', { instances, shutdownDeadline: Duration.seconds(5) })).toThrow(
    'shutdownDeadline is 5000 ms, but the proxy takes up to 20000 ms to stop; give "shutdownTimeout" instead',
  );
});
