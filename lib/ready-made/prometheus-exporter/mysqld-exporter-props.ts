import { k8s } from 'cdk8s-plus-28';
import { PrometheusExporterOptions } from './prometheus-exporter-options';

/** What an exporter for MySQL collects beyond what it does anyway. */
export enum MysqldCollector {
  /** The auto_increment columns and their limits. */
  AUTO_INCREMENT_COLUMNS = 'auto_increment.columns',
  /** The size of the binary logs. */
  BINARY_LOG_SIZE = 'binlog_size',
  /** What `SHOW ENGINE INNODB STATUS` says. */
  INNODB_STATUS = 'engine_innodb_status',
  /** What information_schema.INNODB_METRICS says. */
  INNODB_METRICS = 'info_schema.innodb_metrics',
  /** The threads by their state. */
  PROCESS_LIST = 'info_schema.processlist',
  /** The sizes of tables. */
  TABLES = 'info_schema.tables',
  /** Statements by their digest, of performance_schema; of MySQL 8, not of MariaDB. */
  STATEMENTS = 'perf_schema.eventsstatements',
  /** Waits for reading and writing of tables, of performance_schema. */
  TABLE_IO_WAITS = 'perf_schema.tableiowaits',
  /** Waits for locks of tables, of performance_schema. */
  TABLE_LOCK_WAITS = 'perf_schema.tablelocks',
  /** The replicas that are connected; of MySQL, not of MariaDB. */
  REPLICA_HOSTS = 'slave_hosts',
}

/** Properties of an exporter for MySQL or MariaDB. */
export interface MysqldExporterProps extends PrometheusExporterOptions {
  /** The user, with the privileges PROCESS, REPLICATION CLIENT and SELECT. */
  readonly user: string;

  /**
   * The key of a Secret with the password. Where it is wrong, the exporter runs and says `mysql_up 0`; so it does where the
   * password has a `?`.
   */
  readonly passwordSecret: k8s.SecretKeySelector;

  /**
   * The port on which MySQL listens, on `127.0.0.1`.
   *
   * @default 3306
   */
  readonly mysqldPort?: number;

  /**
   * What to collect besides the global status and variables, the replica's status and InnoDB's compression.
   *
   * @default - nothing
   */
  readonly collectors?: MysqldCollector[];
}
