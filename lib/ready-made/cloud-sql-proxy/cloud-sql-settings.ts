import { Duration } from 'cdk8s';
import { CloudSqlCredentials } from './cloud-sql-credentials';

/** Which of an instance's addresses is used. */
export enum CloudSqlNetwork {
  /** The public one, over the internet, encrypted and verified. */
  PUBLIC_IP = 'public-ip',
  /** The private one, in the VPC network that the cluster shares with it. */
  PRIVATE_IP = 'private-ip',
  /** That of Private Service Connect. */
  PSC = 'psc',
}

/** An instance of Cloud SQL. */
export interface CloudSqlInstance {
  /** What Cloud SQL calls it, `project:region:instance`. */
  readonly connectionName: string;

  /** The port on which the main container reaches it at localhost. */
  readonly listen: number;

  /**
   * Which of its addresses is used.
   *
   * @default CloudSqlNetwork.PUBLIC_IP
   */
  readonly network?: CloudSqlNetwork;

  /**
   * Whether the service account logs in to the database as well, without a password: the main container gives its name as
   * that of the user. For PostgreSQL and MySQL. An instance that is there twice has it twice, or not at all.
   *
   * @default false
   * @see https://cloud.google.com/sql/docs/postgres/iam-authentication
   */
  readonly iamLogin?: boolean;

  /**
   * Environment variables of the main container that send it to the instance. In their values `{host}` stands for
   * `localhost` and `{port}` for the port: `{ PGHOST: '{host}', PGPORT: '{port}' }`.
   *
   * @default - none
   */
  readonly env?: { [name: string]: string };
}

/** How a Cloud SQL Auth Proxy runs. */
export interface CloudSqlSettings {
  /** The instances, at least one, each on a port of its own. */
  readonly instances: CloudSqlInstance[];

  /**
   * As whom it asks Google.
   *
   * @default CloudSqlCredentials.workloadIdentity()
   */
  readonly credentials?: CloudSqlCredentials;

  /**
   * The address it listens on: `127.0.0.1` or `::1` for this pod alone, `0.0.0.0` or `::` to let other pods in, without TLS.
   *
   * @default '127.0.0.1'
   */
  readonly listenAddress?: string;

  /**
   * The connections at once, to all instances together; more of them are closed.
   *
   * @default - no limit
   */
  readonly maxConnections?: number;

  /**
   * How long it waits, at most, when it is told to stop, for open connections to end (`--max-sigterm-delay`); without any it
   * stops at once.
   *
   * @default Duration.seconds(20)
   */
  readonly shutdownTimeout?: Duration;

  /**
   * Whether it asks Google for a certificate only when a connection needs one, and not in the background before one expires:
   * for pods whose processor is throttled.
   *
   * @default false
   */
  readonly lazyRefresh?: boolean;

  /**
   * The project whose quota its requests to Google count for.
   *
   * @default - that of the service account
   */
  readonly quotaProject?: string;

  /**
   * A port on which it answers `/startup`, `/liveness` and `/readiness`, on all addresses of the pod, and `/metrics` for
   * Prometheus.
   *
   * @default 9801
   */
  readonly healthPort?: number;
}
