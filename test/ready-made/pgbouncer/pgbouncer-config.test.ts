import { Duration } from 'cdk8s';
import { PgBouncerAuthType, PgBouncerPoolMode, PgBouncerSettings, PgBouncerTls, PgBouncerUsers } from '../../../lib';
import { pgBouncerConfigProblems, renderPgBouncerConfig } from '../../../lib/ready-made/pgbouncer/pgbouncer-config';

const users = PgBouncerUsers.fromCredentials({ secret: 'shop-db' });
const minimal: PgBouncerSettings = { users, databases: [{ name: 'shop', host: 'postgres' }] };

/** Every setting there is. */
const full: PgBouncerSettings = {
  users: PgBouncerUsers.fromUserList('pgbouncer-users'),
  databases: [
    {
      name: 'shop',
      host: 'postgres.db.svc',
      port: 5433,
      database: 'shop+prod',
      user: 'shop',
      poolMode: PgBouncerPoolMode.STATEMENT,
      poolSize: 10,
      minPoolSize: 2,
      reservePoolSize: 3,
      maxConnections: 40,
    },
    { name: 'archive', host: 'fd00::2' },
    { name: '*', host: '10.0.0.1' },
  ],
  tls: PgBouncerTls.verified({ caConfigMap: 'trust', clientSecret: 'shop-client' }),
  listen: 6432,
  listenAddress: '::1',
  authType: PgBouncerAuthType.MD5,
  poolMode: PgBouncerPoolMode.TRANSACTION,
  poolSize: 5,
  minPoolSize: 1,
  reservePoolSize: 2,
  reservePoolTimeout: Duration.millis(1500),
  maxDatabaseConnections: 30,
  maxUserConnections: 20,
  maxClientConnections: 500,
  maxPreparedStatements: 0,
  timeouts: {
    serverConnect: Duration.seconds(3),
    serverRetry: Duration.millis(250),
    serverIdle: Duration.seconds(0),
    serverLifetime: Duration.hours(2),
    queryWait: Duration.seconds(10),
    query: Duration.minutes(1),
    idleTransaction: Duration.seconds(30),
    clientIdle: Duration.days(1),
    clientLogin: Duration.seconds(5),
  },
  ignoreStartupParameters: ['extra_float_digits', 'search_path'],
  statsUsers: ['exporter'],
  adminUsers: ['admin', 'operator'],
  logConnections: false,
};

test('by default it listens for its own pod only, asks for passwords and verifies the server', () => {
  expect(renderPgBouncerConfig(minimal)).toBe(`[databases]
shop = host=postgres port=5432

[pgbouncer]
listen_addr = 127.0.0.1
listen_port = 5432
unix_socket_dir =
auth_type = scram-sha-256
auth_file = /etc/pgbouncer-users/userlist.txt
server_tls_sslmode = verify-full
server_tls_ca_file = /etc/ssl/certs/ca-certificates.crt
server_login_retry = 1
dns_nxdomain_ttl = 1
ignore_startup_parameters = extra_float_digits
`);
});

test('every setting has its place', () => {
  expect(renderPgBouncerConfig(full)).toBe(`[databases]
shop = host=postgres.db.svc port=5433 dbname='shop+prod' user=shop pool_mode=statement pool_size=10 min_pool_size=2 reserve_pool=3 max_db_connections=40
archive = host=fd00::2 port=5432
* = host=10.0.0.1 port=5432

[pgbouncer]
listen_addr = ::1
listen_port = 6432
unix_socket_dir =
auth_type = md5
auth_file = /etc/pgbouncer-users/userlist.txt
admin_users = admin, operator
stats_users = exporter
server_tls_sslmode = verify-full
server_tls_ca_file = /etc/pgbouncer-tls/ca.crt
server_tls_cert_file = /etc/pgbouncer-tls/tls.crt
server_tls_key_file = /etc/pgbouncer-tls/tls.key
pool_mode = transaction
default_pool_size = 5
min_pool_size = 1
reserve_pool_size = 2
reserve_pool_timeout = 1.5
max_db_connections = 30
max_user_connections = 20
max_client_conn = 500
max_prepared_statements = 0
server_connect_timeout = 3
server_login_retry = 0.25
dns_nxdomain_ttl = 0.25
server_idle_timeout = 0
server_lifetime = 7200
query_wait_timeout = 10
query_timeout = 60
idle_transaction_timeout = 30
client_idle_timeout = 86400
client_login_timeout = 5
ignore_startup_parameters = extra_float_digits, search_path
log_connections = 0
log_disconnections = 0
`);
});

test('good settings have no problems', () => {
  expect([minimal, full].flatMap(pgBouncerConfigProblems)).toStrictEqual([]);
});

test('a server in the same cluster can be reached without TLS, and any with a certificate of no matter whom', () => {
  const mode = (tls: PgBouncerTls) => /server_tls_.*/g.exec(renderPgBouncerConfig({ ...minimal, tls }))?.[0];

  expect([PgBouncerTls.plaintext(), PgBouncerTls.unverified()].map(mode)).toStrictEqual([
    'server_tls_sslmode = disable',
    'server_tls_sslmode = require',
  ]);
});

test.each([PgBouncerTls.plaintext(), PgBouncerTls.unverified()])('a host that ends with a dot, with $_mode', (tls) => {
  const databases = [{ name: 'shop', host: 'postgres.example.' }];

  expect(pgBouncerConfigProblems({ ...minimal, databases, tls })).toStrictEqual([]);
});

test('all problems are told at once', () => {
  expect(
    pgBouncerConfigProblems({
      users,
      databases: [
        { name: 'a b', host: 'c d', port: 0, database: "it's", user: '{port}' },
        { name: 'pgbouncer', host: 'db', poolSize: 0 },
        { name: 'shop', host: 'localhost', minPoolSize: 21 },
        { name: 'shop', host: 'db', maxConnections: 1.5, reservePoolSize: -1 },
      ],
      tls: PgBouncerTls.verified({ caSecret: 'a', caConfigMap: 'b' }),
      listenAddress: '10.0.0.1',
      maxClientConnections: 2 ** 32,
      timeouts: { serverLifetime: Duration.seconds(0), queryWait: Duration.days(25) },
    }),
  ).toStrictEqual([
    'maxClientConnections is 4294967296; give a whole number from 1 to 1000000',
    'timeouts.serverLifetime is 0 ms; give a whole number from 1 to 2147483647 ms',
    'timeouts.queryWait is 2160000000 ms; give a whole number from 0 to 2147483647 ms',
    'tls has "caSecret", "caConfigMap"; give one of them',
    'host of database "a b" is "c d"; give a DNS name or an IP address to connect to',
    'port of database "a b" is 0; give a whole number from 1 to 65535',
    'database of database "a b" is "it\'s"; give a name of 1 to 63 bytes without spaces, quotes, commas, braces, backslashes and control characters',
    'user of database "a b" is "{port}"; give a name of 1 to 63 bytes without spaces, quotes, commas, braces, backslashes and control characters',
    'name of a database is "a b"; PgBouncer takes 1 to 63 letters, digits, "-", "_" and ".", or "*" for all others; another name of the server goes into "database"',
    'poolSize of database "pgbouncer" is 0; give a whole number from 1 to 1000000',
    'a database is named "pgbouncer", which is PgBouncer\'s console; name it otherwise, and give "database: \'pgbouncer\'" if the server calls it so',
    'database "shop" at localhost:5432 is the ambassador itself, which listens there; give it another port in "listen"',
    'minPoolSize of database "shop" is 21, of which PgBouncer would open no more than its poolSize, 20; raise that or lower this',
    'reservePoolSize of database "shop" is -1; give a whole number from 0 to 1000000',
    'maxConnections of database "shop" is 1.5; give a whole number from 1 to 1000000',
    'listenAddress is "10.0.0.1", where the main container does not find it at localhost; give one of "127.0.0.1", "::1", "*", "0.0.0.0", "::"',
    'two databases are named "shop"; the names are "a b", "pgbouncer", "shop", "shop": make them differ',
  ]);
});

test.each<[string, Partial<PgBouncerSettings>, string]>([
  ['no database', { databases: [] }, 'there is no database to connect to; give at least one in "databases"'],
  [
    'trust in other pods',
    { authType: PgBouncerAuthType.TRUST, listenAddress: '*' },
    'authType is PgBouncerAuthType.TRUST, and listenAddress "*" lets other pods in without a password; leave out one of them',
  ],
  [
    'a reserve that is not there',
    { reservePoolTimeout: Duration.seconds(1) },
    'reservePoolTimeout is given, but there is no reserve; give "reservePoolSize" or leave it out',
  ],
  [
    'a key of nothing',
    { tls: PgBouncerTls.verified({ caKey: 'root.pem' }) },
    'tls has "caKey", but none of "caSecret", "caConfigMap"; give one, or leave it out',
  ],
  [
    'a dot that no certificate has',
    { databases: [{ name: 'shop', host: 'postgres.example.' }] },
    'host of database "shop" is "postgres.example.", which no certificate is for, as PgBouncer looks for it dot and all; ' +
      'give "postgres.example"',
  ],
  [
    'a list of users that is none',
    { statsUsers: ['a, b'] },
    'statsUsers[0] is "a, b"; give a name of 1 to 63 bytes without spaces, quotes, commas, braces, backslashes and control characters',
  ],
  [
    'a parameter that is none',
    { ignoreStartupParameters: ['a=b'] },
    'ignoreStartupParameters[0] is "a=b"; give the name of a parameter of PostgreSQL, such as "search_path"',
  ],
  [
    'users that are none',
    { users: 'shop-db' as unknown as PgBouncerUsers },
    'users is "shop-db"; give the Secret that has them, as in PgBouncerUsers.fromCredentials({ secret: "shop-db" })',
  ],
  [
    'a slip',
    { poolmode: 'transaction' } as unknown as PgBouncerSettings,
    'poolmode is no property; did you mean poolMode?',
  ],
])('%s: told', (_, settings, problem) => {
  expect(pgBouncerConfigProblems({ ...minimal, ...settings })).toStrictEqual([problem]);
});

test('a database without a name is told by its place', () => {
  const databases = [{}, { name: 'x' }, { host: 'y' }] as unknown as PgBouncerSettings['databases'];

  expect(pgBouncerConfigProblems({ users, databases }).map((problem) => problem.split(';')[0])).toStrictEqual([
    'databases[0].host is missing',
    'databases[0].name is missing',
    'host of database "x" is missing',
    'databases[2].name is missing',
  ]);
});

test('what is wrong with users and TLS is told with the rest', () => {
  expect(
    pgBouncerConfigProblems({
      databases: [],
      users: PgBouncerUsers.fromUserList('My_Users', 'user list'),
      tls: PgBouncerTls.verified({ caSecret: 'My_Secret', caKey: '' }),
    }),
  ).toStrictEqual([
    'users.secret is "My_Users"; give the name of an object: small letters, digits, "-" and "."',
    'users.key is "user list"; give letters, digits, "-", "_" and "."',
    'tls.caSecret is "My_Secret"; give the name of an object: small letters, digits, "-" and "."',
    'tls.caKey is ""; give letters, digits, "-", "_" and "."',
    'there is no database to connect to; give at least one in "databases"',
  ]);
});
