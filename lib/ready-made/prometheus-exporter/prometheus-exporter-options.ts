import { k8s } from 'cdk8s-plus-28';
import { HelperOptions } from '../../contributions';
import { PrometheusScrape } from './prometheus-scrape';

/** What is alike in all Prometheus exporters. */
export interface PrometheusExporterOptions extends HelperOptions {
  /**
   * The container, exactly as it shall appear, but for the port of its metrics and the mount of its configuration, where
   * it has one. What the ready-made container is told by arguments and variables is to be said there.
   *
   * @default - a ready-made one, named like the construct: a pinned image, the number of its user, what Pod Security
   * "restricted" asks for, a read-only root file system, requests of 10m CPU and 32Mi memory, its ports and a liveness probe
   */
  readonly container?: k8s.Container;

  /**
   * The image of the ready-made container, for instance the same one in a registry of your own.
   *
   * @default - a pinned version, from the registry that `ImageRegistry` has for it
   */
  readonly image?: string;

  /**
   * The resources of the ready-made container.
   *
   * @default - requests of 10m CPU and 32Mi memory, no limits
   */
  readonly resources?: k8s.ResourceRequirements;

  /**
   * The port on which Prometheus gets the metrics. It is open on all addresses of the pod, as Prometheus asks from outside.
   *
   * @default - the exporter's own: 9113 for nginx, 9121 for Redis, 9102 for StatsD, 9187 for PostgreSQL, 9104 for MySQL, 3903 for logs
   */
  readonly metricsPort?: number;

  /**
   * How Prometheus learns of the metrics.
   *
   * @default - it is told elsewhere
   */
  readonly scrape?: PrometheusScrape;
}
