import { k8s } from 'cdk8s-plus-28';
import { PrometheusExporterOptions } from './prometheus-exporter-options';

/** Properties of an exporter for PostgreSQL. */
export interface PostgresExporterProps extends PrometheusExporterOptions {
  /** The user, for instance one with the role `pg_monitor`. */
  readonly user: string;

  /**
   * The key of a Secret with the password. Where it is wrong, the exporter runs and says `pg_up 0`. It must have no space: the
   * exporter says `pg_up 0` then, too, and writes the password to its log.
   */
  readonly passwordSecret: k8s.SecretKeySelector;

  /**
   * The port on which PostgreSQL listens, on `127.0.0.1`.
   *
   * @default 5432
   */
  readonly postgresPort?: number;

  /**
   * The database to connect to.
   *
   * @default 'postgres'
   */
  readonly database?: string;

  /**
   * Whether the connection is encrypted, for a server that takes no other. The certificate is not verified: nobody is between
   * two containers of a pod.
   *
   * @default false
   */
  readonly tls?: boolean;

  /**
   * Whether PostgreSQL's settings are metrics, `pg_settings_…`: some 300 of them.
   *
   * @default true
   */
  readonly settingsMetrics?: boolean;
}
