import { Duration } from 'cdk8s';
import { PrometheusExporterOptions } from './prometheus-exporter-options';
import { PrometheusExporterTls } from './prometheus-exporter-tls';

/** Properties of an exporter for memcached. */
export interface MemcachedExporterProps extends PrometheusExporterOptions {
  /**
   * The port on which memcached listens, on `127.0.0.1`.
   *
   * @default 11211
   */
  readonly memcachedPort?: number;

  /**
   * How long memcached may take to let the exporter connect, and for each of its answers, in whole milliseconds. Where it
   * takes longer, the exporter says `memcached_up 0`.
   *
   * @default - the exporter's: 1 second
   */
  readonly timeout?: Duration;

  /**
   * TLS, for a memcached that takes no other connection. The exporter reads authorities at its start only, so that renewed
   * ones need a restart.
   *
   * @default - none
   */
  readonly tls?: PrometheusExporterTls;
}
