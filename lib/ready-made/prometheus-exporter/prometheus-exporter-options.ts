import { ReadyMadeOptions } from '../../contributions';
import { PrometheusScrape } from './prometheus-scrape';

/**
 * What is alike in all Prometheus exporters.
 *
 * The ready-made container has a pinned image, the number of its user, what Pod Security "restricted" asks for, a read-only
 * root file system, requests of 10m CPU and 32Mi memory, its ports and a liveness probe. What it is told by arguments and
 * variables is to be said in a container of your own, which gets the port of its metrics and the mount of its
 * configuration, where it has one.
 */
export interface PrometheusExporterOptions extends ReadyMadeOptions {
  /**
   * The port on which Prometheus gets the metrics. It is open on all addresses of the pod, as Prometheus asks from outside.
   *
   * @default - the exporter's own: 9113 for nginx, 9121 for Redis, 9102 for StatsD, 9187 for PostgreSQL, 9104 for MySQL,
   * 9150 for memcached, 7979 for JSON, 3903 for logs
   */
  readonly metricsPort?: number;

  /**
   * How Prometheus learns of the metrics.
   *
   * @default - it is told elsewhere
   */
  readonly scrape?: PrometheusScrape;
}
