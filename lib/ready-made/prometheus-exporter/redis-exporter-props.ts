import { k8s } from 'cdk8s-plus-28';
import { PrometheusExporterOptions } from './prometheus-exporter-options';

/** Keys of a Redis database. */
export interface RedisKeys {
  /** A pattern, as Redis' `SCAN` takes it: `session:*`. */
  readonly pattern: string;

  /**
   * The number of the database.
   *
   * @default 0
   */
  readonly database?: number;
}

/** Properties of an exporter for Redis, or what speaks its protocol. */
export interface RedisExporterProps extends PrometheusExporterOptions {
  /**
   * The port on which Redis listens, on `127.0.0.1`.
   *
   * @default 6379
   */
  readonly redisPort?: number;

  /**
   * The user of Redis' access control list.
   *
   * @default - Redis' default user
   */
  readonly user?: string;

  /**
   * The key of a Secret with the password. Where it is wrong, the exporter runs and says `redis_up 0`.
   *
   * @default - none
   */
  readonly passwordSecret?: k8s.SecretKeySelector;

  /**
   * Keys whose number is a metric, `redis_keys_count`. Redis walks all its keys for each pattern at each scrape.
   *
   * @default - none
   */
  readonly countKeys?: RedisKeys[];

  /**
   * Keys whose size and, where it is a number, value are metrics, `redis_key_size` and `redis_key_value`; each key that the
   * pattern finds is one metric more. Redis walks all its keys for each pattern at each scrape.
   *
   * @default - none
   */
  readonly checkKeys?: RedisKeys[];
}
