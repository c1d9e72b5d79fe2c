import { Duration } from 'cdk8s';
import {
  PgBouncerAuthType,
  PgBouncerDatabase,
  PgBouncerPoolMode,
  PgBouncerSettings,
  PgBouncerTimeouts,
} from './pgbouncer-settings';
import { PgBouncerTls } from './pgbouncer-tls';
import { duplicates } from '../../values/duplicates';
import { certifiedHost, hostAndPort, hostProblem, isHost } from '../../values/address';
import { countProblem, durationProblem } from '../settings/limits';
import {
  dataKey,
  enumOf,
  fields,
  flag,
  listOf,
  made,
  named,
  notEmpty,
  objectName,
  ofMode,
  onlyFields,
  port as portShape,
  shown,
} from '../../values/shape';
import { quoteList } from '../../values/text';
import { authorityProblems, TLS_OBJECTS } from '../settings/tls-sources';
import { DEFAULT_LISTEN_ADDRESS, isOwnHost, listenAddressProblem, LOOPBACK } from '../settings/listen-address';

export const DEFAULT_LISTEN = 5432;
const DEFAULT_SERVER_PORT = 5432;
const DEFAULT_RETRY = Duration.seconds(1);
/** JDBC's driver sends it with each connection. */
const DEFAULT_IGNORED = ['extra_float_digits'];

/** Folders of the container, none inside another. */
export const CONFIG_FOLDER = '/etc/pgbouncer';
export const USERS_FOLDER = '/etc/pgbouncer-users';
export const CREDENTIALS_FOLDER = '/etc/pgbouncer-credentials';
export const TLS_FOLDER = '/etc/pgbouncer-tls';

export const CONFIG_FILE = 'pgbouncer.ini';
export const USERS_FILE = 'userlist.txt';
/** Where both Alpine and Debian have the public authorities. */
const PUBLIC_AUTHORITIES = '/etc/ssl/certs/ca-certificates.crt';

/** Where PgBouncer reads what is no setting; other places than in the container for those who run it elsewhere. */
interface PgBouncerPlaces {
  readonly users: string;
  readonly tls: string;
}

const PLACES: PgBouncerPlaces = { users: USERS_FOLDER, tls: TLS_FOLDER };

/** Whether it is authorities of the user's that vouch for the server, and not the public ones. */
function hasOwnAuthorities({ _options: { caSecret, caConfigMap } }: PgBouncerTls): boolean {
  return caSecret !== undefined || caConfigMap !== undefined;
}

/** The `pgbouncer.ini` of settings without problems. */
export function renderPgBouncerConfig(settings: PgBouncerSettings, places = PLACES): string {
  const { listen = DEFAULT_LISTEN, listenAddress = DEFAULT_LISTEN_ADDRESS, timeouts = {} } = settings;
  const { tls = PgBouncerTls.verified(), ignoreStartupParameters = DEFAULT_IGNORED } = settings;
  const retry = timeouts.serverRetry ?? DEFAULT_RETRY;
  return [
    '[databases]',
    ...settings.databases.map((database) => `${database.name} = ${connectionString(database)}`),
    '',
    '[pgbouncer]',
    `listen_addr = ${listenAddress}`,
    `listen_port = ${listen}`,
    // It would be in /tmp, which is read-only.
    'unix_socket_dir =',
    ...lines({
      auth_type: settings.authType ?? PgBouncerAuthType.SCRAM_SHA_256,
      auth_file: `${places.users}/${USERS_FILE}`,
      admin_users: listed(settings.adminUsers),
      stats_users: listed(settings.statsUsers),
      server_tls_sslmode: tls._mode,
      server_tls_ca_file:
        tls._mode === 'verify-full'
          ? hasOwnAuthorities(tls)
            ? `${places.tls}/ca.crt`
            : PUBLIC_AUTHORITIES
          : undefined,
      server_tls_cert_file: tls._options.clientSecret === undefined ? undefined : `${places.tls}/tls.crt`,
      server_tls_key_file: tls._options.clientSecret === undefined ? undefined : `${places.tls}/tls.key`,
      pool_mode: settings.poolMode,
      default_pool_size: settings.poolSize,
      min_pool_size: settings.minPoolSize,
      reserve_pool_size: settings.reservePoolSize,
      reserve_pool_timeout: seconds(settings.reservePoolTimeout),
      max_db_connections: settings.maxDatabaseConnections,
      max_user_connections: settings.maxUserConnections,
      max_client_conn: settings.maxClientConnections,
      max_prepared_statements: settings.maxPreparedStatements,
      server_connect_timeout: seconds(timeouts.serverConnect),
      server_login_retry: seconds(retry),
      dns_nxdomain_ttl: seconds(retry),
      server_idle_timeout: seconds(timeouts.serverIdle),
      server_lifetime: seconds(timeouts.serverLifetime),
      query_wait_timeout: seconds(timeouts.queryWait),
      query_timeout: seconds(timeouts.query),
      idle_transaction_timeout: seconds(timeouts.idleTransaction),
      client_idle_timeout: seconds(timeouts.clientIdle),
      client_login_timeout: seconds(timeouts.clientLogin),
      ignore_startup_parameters: listed(ignoreStartupParameters),
      log_connections: settings.logConnections === undefined ? undefined : Number(settings.logConnections),
      log_disconnections: settings.logConnections === undefined ? undefined : Number(settings.logConnections),
    }),
    '',
  ].join('\n');
}

/** What the ambassador forwards to. */
export function upstreamsOf({ databases }: PgBouncerSettings): string[] {
  return [...new Set(databases.map(({ host, port = DEFAULT_SERVER_PORT }) => hostAndPort(host, port)))];
}

function connectionString(database: PgBouncerDatabase): string {
  return Object.entries({
    host: database.host,
    port: database.port ?? DEFAULT_SERVER_PORT,
    dbname: quoted(database.database),
    user: quoted(database.user),
    pool_mode: database.poolMode,
    pool_size: database.poolSize,
    min_pool_size: database.minPoolSize,
    // `reserve_pool_size` since 1.24, which takes this one, too.
    reserve_pool: database.reservePoolSize,
    max_db_connections: database.maxConnections,
  })
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}=${String(value)}`)
    .join(' ');
}

function quoted(value: string | undefined): string | undefined {
  return value === undefined || PLAIN.test(value) ? value : `'${value}'`;
}

function lines(values: Readonly<Record<string, string | number | undefined>>): string[] {
  return Object.entries(values).flatMap(([key, value]) => (value === undefined ? [] : [`${key} = ${value}`]));
}

function listed(names: readonly string[] | undefined): string | undefined {
  return names === undefined || names.length === 0 ? undefined : names.join(', ');
}

function seconds(duration: Duration | undefined): number | undefined {
  return duration === undefined ? undefined : duration.toMilliseconds() / 1000;
}

/** What PgBouncer reads as a key of its file without quotes. */
const PLAIN = /^[A-Za-z0-9_.-]+$/;
/** What neither ends a quoted value, nor an item of a list, nor stands for a placeholder in files of ambassadors. */
const NAME = /^[^\p{C}\p{Z}{}'",\\]+$/u;
/** PostgreSQL cuts longer names off. */
const MAX_NAME_BYTES = 63;
const PARAMETER = /^[A-Za-z_][A-Za-z0-9_.]*$/;
/** What lets connections to localhost in. */
const LISTEN_ADDRESSES = [...LOOPBACK, '*', '0.0.0.0', '::'];
const CONSOLE = 'pgbouncer';
const ANY_DATABASE = '*';

const DATABASE = onlyFields(
  {},
  {
    ...named(
      'name',
      'host',
      'port',
      'database',
      'user',
      'poolSize',
      'minPoolSize',
      'reservePoolSize',
      'maxConnections',
    ),
    poolMode: enumOf('PgBouncerPoolMode', PgBouncerPoolMode),
  },
);

const TIMEOUTS = [
  'serverConnect',
  'serverRetry',
  'serverIdle',
  'serverLifetime',
  'queryWait',
  'query',
  'idleTransaction',
  'clientIdle',
  'clientLogin',
] as const satisfies readonly (keyof PgBouncerTimeouts)[];
/** Those that have a default, and that 0 turns off. */
const CAN_BE_OFF: readonly (keyof PgBouncerTimeouts)[] = ['serverIdle', 'queryWait'];

/** Settings in so far as their names, numbers and addresses can be looked at. */
const SETTINGS = fields(
  {
    databases: listOf('databases', DATABASE),
    users: made(
      '_credentials',
      'the Secret that has them, as in PgBouncerUsers.fromCredentials({ secret: "shop-db" })',
    ),
  },
  {
    ...named('listen', 'listenAddress', 'poolSize', 'minPoolSize', 'reservePoolSize', 'reservePoolTimeout'),
    ...named('maxDatabaseConnections', 'maxUserConnections', 'maxClientConnections', 'maxPreparedStatements'),
    tls: ofMode('a PgBouncerTls, as in PgBouncerTls.plaintext()', 'verify-full', 'require', 'disable'),
    authType: enumOf('PgBouncerAuthType', PgBouncerAuthType),
    poolMode: enumOf('PgBouncerPoolMode', PgBouncerPoolMode),
    timeouts: onlyFields({}, named(...TIMEOUTS)),
    ignoreStartupParameters: listOf('names of parameters', parameterShape),
    statsUsers: listOf('names of users', nameShape),
    adminUsers: listOf('names of users', nameShape),
    logConnections: flag,
  },
);

/** All that is wrong with settings, a sentence each; none if PgBouncer takes them. */
export function pgBouncerConfigProblems(settings: PgBouncerSettings): readonly string[] {
  const misshapen = SETTINGS(settings, '');
  if (misshapen.length > 0) {
    return misshapen;
  }
  const { databases, listen, listenAddress = DEFAULT_LISTEN_ADDRESS, timeouts = {} } = settings;
  const problems = [
    ...(listen === undefined ? [] : portShape(listen, 'listen')),
    ...countProblem('poolSize', settings.poolSize),
    ...countProblem('minPoolSize', settings.minPoolSize, 0),
    ...countProblem('reservePoolSize', settings.reservePoolSize, 0),
    ...durationProblem('reservePoolTimeout', settings.reservePoolTimeout),
    ...countProblem('maxDatabaseConnections', settings.maxDatabaseConnections),
    ...countProblem('maxUserConnections', settings.maxUserConnections),
    ...countProblem('maxClientConnections', settings.maxClientConnections),
    ...countProblem('maxPreparedStatements', settings.maxPreparedStatements, 0),
    ...TIMEOUTS.flatMap((name) =>
      durationProblem(`timeouts.${name}`, timeouts[name], CAN_BE_OFF.includes(name) ? 0 : 1),
    ),
    ...usersProblems(settings),
    ...tlsProblems(settings),
    ...databases.flatMap((database, index) => databaseProblems(database, index, settings)),
  ];
  const addressProblem = listenAddressProblem(listenAddress, LISTEN_ADDRESSES);
  problems.push(...addressProblem);
  if (
    addressProblem.length === 0 &&
    settings.authType === PgBouncerAuthType.TRUST &&
    !LOOPBACK.includes(listenAddress)
  ) {
    problems.push(
      `authType is PgBouncerAuthType.TRUST, and listenAddress "${listenAddress}" lets other pods in without a ` +
        'password; leave out one of them',
    );
  }
  if (
    settings.reservePoolTimeout !== undefined &&
    !settings.reservePoolSize &&
    !databases.some(({ reservePoolSize }) => reservePoolSize)
  ) {
    problems.push('reservePoolTimeout is given, but there is no reserve; give "reservePoolSize" or leave it out');
  }
  if (databases.length === 0) {
    problems.push('there is no database to connect to; give at least one in "databases"');
  }
  const names = databases.map(({ name }) => name as unknown).filter((name) => typeof name === 'string');
  for (const name of duplicates(names)) {
    problems.push(`two databases are named ${shown(name)}; the names are ${quoteList(names)}: make them differ`);
  }
  return problems;
}

function databaseProblems(database: PgBouncerDatabase, index: number, settings: PgBouncerSettings): string[] {
  const { name, host, port } = database;
  const isNamed = typeof name === 'string';
  const who = isNamed ? `database ${shown(name)}` : `databases[${index}]`;
  const what = (property: string): string => (isNamed ? `${property} of ${who}` : `${who}.${property}`);
  const problems = [
    ...hostProblem(what('host'), host),
    ...(port === undefined ? [] : portShape(port, what('port'))),
    ...(database.database === undefined ? [] : nameShape(database.database, what('database'))),
    ...(database.user === undefined ? [] : nameShape(database.user, what('user'))),
    ...countProblem(what('poolSize'), database.poolSize),
    ...countProblem(what('minPoolSize'), database.minPoolSize, 0),
    ...countProblem(what('reservePoolSize'), database.reservePoolSize, 0),
    ...countProblem(what('maxConnections'), database.maxConnections),
  ];
  if (!(isNamed && (name === ANY_DATABASE || (PLAIN.test(name) && isShort(name))))) {
    problems.push(
      `${isNamed ? 'name of a database' : what('name')} is ${shown(name)}; PgBouncer takes 1 to ${MAX_NAME_BYTES} letters, digits, "-", "_" and ` +
        '".", or "*" for all others; another name of the server goes into "database"',
    );
  }
  if (name === CONSOLE) {
    problems.push(
      `a database is named "${CONSOLE}", which is PgBouncer's console; name it otherwise, and give "database: ` +
        `'${CONSOLE}'" if the server calls it so`,
    );
  }
  const { tls = PgBouncerTls.verified() } = settings;
  if (isHost(host) && host.endsWith('.') && tls._mode === 'verify-full') {
    problems.push(
      `${what('host')} is ${shown(host)}, which no certificate is for, as PgBouncer looks for it dot and all; give ` +
        shown(certifiedHost(host)),
    );
  }
  if (isOwnHost(host) && (port ?? DEFAULT_SERVER_PORT) === (settings.listen ?? DEFAULT_LISTEN)) {
    problems.push(
      `${who} at ${hostAndPort(host, port ?? DEFAULT_SERVER_PORT)} is the ambassador itself, which ` +
        'listens there; give it another port in "listen"',
    );
  }
  const poolSize = database.poolSize ?? settings.poolSize ?? PGBOUNCER_POOL_SIZE;
  const minPoolSize = database.minPoolSize ?? settings.minPoolSize ?? 0;
  if (minPoolSize > poolSize) {
    problems.push(
      `${what('minPoolSize')} is ${minPoolSize}, of which PgBouncer would open no more than its poolSize, ${poolSize}; ` +
        'raise that or lower this',
    );
  }
  return problems;
}

/** `default_pool_size`, where nothing else is said. */
const PGBOUNCER_POOL_SIZE = 20;

const CREDENTIALS = notEmpty(
  listOf('credentials', onlyFields({ secret: objectName }, { usernameKey: dataKey, passwordKey: dataKey })),
  'user',
);
const USER_LIST = onlyFields({ secret: objectName, key: dataKey });
const TLS = onlyFields({}, TLS_OBJECTS);

function usersProblems({ users: { _credentials, _list } }: PgBouncerSettings): readonly string[] {
  return _list ? USER_LIST(_list, 'users') : CREDENTIALS(_credentials, 'users');
}

function tlsProblems({ tls }: PgBouncerSettings): readonly string[] {
  const misshapen = tls ? TLS(tls._options, 'tls') : [];
  if (misshapen.length > 0) {
    return misshapen;
  }
  const { caSecret, caConfigMap, caKey } = tls?._options ?? {};
  return authorityProblems('tls', { caSecret, caConfigMap }, { caKey });
}

function isShort(name: string): boolean {
  return Buffer.byteLength(name) <= MAX_NAME_BYTES;
}

function nameShape(value: unknown, path: string): readonly string[] {
  return typeof value === 'string' && NAME.test(value) && isShort(value)
    ? []
    : [
        `${path} is ${shown(value)}; give a name of 1 to ${MAX_NAME_BYTES} bytes without spaces, quotes, commas, ` +
          'braces, backslashes and control characters',
      ];
}

function parameterShape(value: unknown, path: string): readonly string[] {
  return typeof value === 'string' && PARAMETER.test(value)
    ? []
    : [`${path} is ${shown(value)}; give the name of a parameter of PostgreSQL, such as "search_path"`];
}
