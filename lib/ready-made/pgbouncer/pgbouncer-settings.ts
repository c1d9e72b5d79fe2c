import { Duration } from 'cdk8s';
import { PgBouncerTls } from './pgbouncer-tls';
import { PgBouncerUsers } from './pgbouncer-users';

/** When a connection to the server goes back to the pool, for others to use. */
export enum PgBouncerPoolMode {
  /** When the client disconnects. All of PostgreSQL works; connections are reused, but not shared. */
  SESSION = 'session',
  /**
   * When the transaction ends: many clients share few connections. What lasts longer than a transaction in PostgreSQL
   * does not work: `SET`, `LISTEN`, session locks, temporary tables, `WITH HOLD`. Prepared statements do, with
   * PgBouncer 1.21 and later.
   *
   * @see https://www.pgbouncer.org/features.html#sql-feature-map-for-pooling-modes
   */
  TRANSACTION = 'transaction',
  /** When the statement ends. Transactions of several statements are refused. */
  STATEMENT = 'statement',
}

/** How clients say who they are. */
export enum PgBouncerAuthType {
  /** By SCRAM. The users' passwords are in clear, or SCRAM secrets. */
  SCRAM_SHA_256 = 'scram-sha-256',
  /** By MD5, or by SCRAM for users whose password is a SCRAM secret. For clients that know no SCRAM. */
  MD5 = 'md5',
  /**
   * By their name alone, so that the main container needs no password: PgBouncer logs in to the server with that of the
   * user. Everything in the pod is let in, and so it is an error unless PgBouncer listens for its pod only.
   */
  TRUST = 'trust',
}

/** How long PgBouncer waits. Each from 1 ms to 2147483647 ms, which is 24.8 days; some can be 0, which turns them off. */
export interface PgBouncerTimeouts {
  /**
   * For a connection to a server to be made, with the login (`server_connect_timeout`).
   *
   * @default - PgBouncer's: 15 seconds
   */
  readonly serverConnect?: Duration;

  /**
   * Between two attempts to connect to a server that refuses (`server_login_retry`); names that cannot be looked up are
   * looked up again after as long (`dns_nxdomain_ttl`). Clients that wait get through as soon as the server is there.
   *
   * @default Duration.seconds(1)
   */
  readonly serverRetry?: Duration;

  /**
   * For a connection to a server that nobody uses, until it is closed (`server_idle_timeout`). 0: as long as it lives.
   *
   * @default - PgBouncer's: 10 minutes
   */
  readonly serverIdle?: Duration;

  /**
   * For a connection to a server to be used, until it is closed as soon as it is free (`server_lifetime`).
   *
   * @default - PgBouncer's: an hour
   */
  readonly serverLifetime?: Duration;

  /**
   * For a client to get a connection to a server, until it is disconnected (`query_wait_timeout`). 0: without end.
   *
   * @default - PgBouncer's: 2 minutes
   */
  readonly queryWait?: Duration;

  /**
   * For a query to be answered, until it is cancelled and its client disconnected (`query_timeout`). To be longer than
   * the server's own `statement_timeout`.
   *
   * @default - without end
   */
  readonly query?: Duration;

  /**
   * For a client in a transaction to go on with it, until it is disconnected (`idle_transaction_timeout`).
   *
   * @default - without end
   */
  readonly idleTransaction?: Duration;

  /**
   * For a client outside a transaction to do something, until it is disconnected (`client_idle_timeout`).
   *
   * @default - without end
   */
  readonly clientIdle?: Duration;

  /**
   * For a client to log in (`client_login_timeout`), which it cannot do before the first connection to the server has
   * been made.
   *
   * @default - PgBouncer's: 60 seconds
   */
  readonly clientLogin?: Duration;
}

/** A database that clients can connect to, and where it is. */
export interface PgBouncerDatabase {
  /** What clients call it: letters, digits, `-`, `_` and `.`; or `*` for all databases that have no entry. */
  readonly name: string;

  /**
   * The server: a DNS name, for instance that of a Service, or an IP address. Where the server is verified, the name is the
   * one that its certificate has, with no dot at its end.
   */
  readonly host: string;

  /**
   * The port on that host.
   *
   * @default 5432
   */
  readonly port?: number;

  /**
   * What the server calls the database.
   *
   * @default - what clients call it
   */
  readonly database?: string;

  /**
   * The user as whom PgBouncer logs in to the server, whoever the client is: then all clients share one pool. One of
   * `users`.
   *
   * @default - the client's
   */
  readonly user?: string;

  /**
   * When a connection to the server goes back to the pool.
   *
   * @default - that of the ambassador
   */
  readonly poolMode?: PgBouncerPoolMode;

  /**
   * The connections to the server at once, for each user.
   *
   * @default - that of the ambassador
   */
  readonly poolSize?: number;

  /**
   * The connections to the server that are kept open as long as a client is connected.
   *
   * @default - that of the ambassador
   */
  readonly minPoolSize?: number;

  /**
   * More connections than `poolSize`, for clients that have waited for long.
   *
   * @default - that of the ambassador
   */
  readonly reservePoolSize?: number;

  /**
   * The connections to the server at once, of all users together.
   *
   * @default - that of the ambassador
   */
  readonly maxConnections?: number;
}

/** What `pgbouncer.ini` is made of. */
export interface PgBouncerSettings {
  /** The databases that clients can connect to, at least one. */
  readonly databases: PgBouncerDatabase[];

  /** The users whom PgBouncer lets in, and with whose passwords it logs in to the server. */
  readonly users: PgBouncerUsers;

  /**
   * How the connections to the servers are secured.
   *
   * @default PgBouncerTls.verified()
   */
  readonly tls?: PgBouncerTls;

  /**
   * The port on which the main container reaches the databases at localhost.
   *
   * @default 5432
   */
  readonly listen?: number;

  /**
   * The address it listens on: `127.0.0.1` or `::1` for this pod alone, `*` (or `0.0.0.0`, or `::`) to let other pods
   * in, without TLS.
   *
   * @default '127.0.0.1'
   */
  readonly listenAddress?: string;

  /**
   * How clients say who they are.
   *
   * @default PgBouncerAuthType.SCRAM_SHA_256
   */
  readonly authType?: PgBouncerAuthType;

  /**
   * When a connection to the server goes back to the pool.
   *
   * @default - PgBouncer's: PgBouncerPoolMode.SESSION, with which all of PostgreSQL works
   */
  readonly poolMode?: PgBouncerPoolMode;

  /**
   * The connections to the server at once, for each database and user. Every pod has as many: multiply by the replicas,
   * and stay below the server's `max_connections`.
   *
   * @default - PgBouncer's: 20
   */
  readonly poolSize?: number;

  /**
   * The connections to the server that are kept open, for each database and user, as long as a client is connected.
   *
   * @default - PgBouncer's: 0
   */
  readonly minPoolSize?: number;

  /**
   * More connections than `poolSize`, for clients that have waited as long as `reservePoolTimeout`.
   *
   * @default - PgBouncer's: 0
   */
  readonly reservePoolSize?: number;

  /**
   * How long a client waits before the reserve is used.
   *
   * @default - PgBouncer's: 5 seconds
   */
  readonly reservePoolTimeout?: Duration;

  /**
   * The connections to the server at once, for each database, of all users together.
   *
   * @default - no limit of its own
   */
  readonly maxDatabaseConnections?: number;

  /**
   * The connections to the server at once, for each user, of all databases together.
   *
   * @default - no limit of its own
   */
  readonly maxUserConnections?: number;

  /**
   * The clients at once; more of them are refused.
   *
   * @default - PgBouncer's: 100
   */
  readonly maxClientConnections?: number;

  /**
   * The prepared statements that are kept on a connection to the server, in the pool modes in which clients share it; 0
   * turns them off. PgBouncer 1.21 and later.
   *
   * @default - PgBouncer's: 200 since 1.24
   */
  readonly maxPreparedStatements?: number;

  /**
   * How long PgBouncer waits.
   *
   * @default - one second between two attempts to connect, otherwise PgBouncer's
   */
  readonly timeouts?: PgBouncerTimeouts;

  /**
   * Parameters of clients that PgBouncer ignores; it refuses clients with others than it keeps track of, which are
   * client_encoding, datestyle, timezone, standard_conforming_strings and application_name.
   *
   * @default - extra_float_digits, which JDBC sends
   */
  readonly ignoreStartupParameters?: string[];

  /**
   * Users who may ask the console, the database `pgbouncer`, for its statistics, as exporters do.
   *
   * @default - none
   */
  readonly statsUsers?: string[];

  /**
   * Users who may do everything in the console, the database `pgbouncer`.
   *
   * @default - none
   */
  readonly adminUsers?: string[];

  /**
   * Whether each client that connects or disconnects is a line in the log.
   *
   * @default - PgBouncer's: true
   */
  readonly logConnections?: boolean;
}
