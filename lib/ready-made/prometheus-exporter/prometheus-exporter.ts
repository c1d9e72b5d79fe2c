import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { Adapter } from '../../patterns';
import { exported, Exporter } from './exporter';
import { JSON_EXPORTER } from './json-exporter';
import { JsonExporterProps } from './json-exporter-props';
import { MEMCACHED } from './memcached-exporter';
import { MemcachedExporterProps } from './memcached-exporter-props';
import { MYSQLD } from './mysqld-exporter';
import { MysqldExporterProps } from './mysqld-exporter-props';
import { NGINX } from './nginx-exporter';
import { NginxExporterProps } from './nginx-exporter-props';
import { podMonitorOf } from './pod-monitor';
import { POSTGRES } from './postgres-exporter';
import { PostgresExporterProps } from './postgres-exporter-props';
import { PrometheusExporterOptions } from './prometheus-exporter-options';
import { PrometheusScrape } from './prometheus-scrape';
import { REDIS } from './redis-exporter';
import { RedisExporterProps } from './redis-exporter-props';
import { STATSD } from './statsd-exporter';
import { StatsdExporterProps } from './statsd-exporter-props';

/**
 * An adapter that is a Prometheus exporter: it asks the main container for its numbers, or takes them from it, and gives
 * them out as Prometheus reads them.
 *
 * Settings that the exporter would not start with, or take otherwise than they were meant, are an error.
 *
 * @example
 *
 * PrometheusExporter.nginx(deployment, 'metrics', { statusPort: 8081, scrape: PrometheusScrape.podMonitor() });
 */
export class PrometheusExporter extends Adapter {
  /**
   * For nginx: connections and requests, from its `stub_status`.
   *
   * @param scope the workload: an object with a pod template, or a cdk8s-plus workload
   * @param id names the exporter in the construct tree, and its container
   * @throws when the scope is no workload or the settings are impossible, with all that is wrong with them; what clashes in
   * the pod is reported at synthesis
   */
  public static nginx(scope: Construct, id: string, props: NginxExporterProps = {}): PrometheusExporter {
    return PrometheusExporter.made(scope, id, props, NGINX);
  }

  /**
   * For Redis, or what speaks its protocol: memory, commands, clients, keys.
   *
   * @param scope the workload: an object with a pod template, or a cdk8s-plus workload
   * @param id names the exporter in the construct tree, and its container
   * @throws when the scope is no workload or the settings are impossible, with all that is wrong with them; what clashes in
   * the pod is reported at synthesis
   */
  public static redis(scope: Construct, id: string, props: RedisExporterProps = {}): PrometheusExporter {
    return PrometheusExporter.made(scope, id, props, REDIS);
  }

  /**
   * For an app that sends StatsD metrics, also those with tags of DogStatsD, InfluxDB, Librato or SignalFX.
   *
   * @param scope the workload: an object with a pod template, or a cdk8s-plus workload
   * @param id names the exporter in the construct tree, and its container
   * @throws when the scope is no workload or the settings are impossible, with all that is wrong with them; what clashes in
   * the pod is reported at synthesis
   */
  public static statsd(scope: Construct, id: string, props: StatsdExporterProps = {}): PrometheusExporter {
    return PrometheusExporter.made(scope, id, props, STATSD);
  }

  /**
   * For PostgreSQL: transactions, connections, locks, replication, sizes.
   *
   * @param scope the workload: an object with a pod template, or a cdk8s-plus workload
   * @param id names the exporter in the construct tree, and its container
   * @throws when the scope is no workload or the settings are impossible, with all that is wrong with them; what clashes in
   * the pod is reported at synthesis
   */
  public static postgres(scope: Construct, id: string, props: PostgresExporterProps): PrometheusExporter {
    return PrometheusExporter.made(scope, id, props, POSTGRES);
  }

  /**
   * For MySQL or MariaDB: global status and variables, replication, InnoDB.
   *
   * @param scope the workload: an object with a pod template, or a cdk8s-plus workload
   * @param id names the exporter in the construct tree, and its container
   * @throws when the scope is no workload or the settings are impossible, with all that is wrong with them; what clashes in
   * the pod is reported at synthesis
   */
  public static mysqld(scope: Construct, id: string, props: MysqldExporterProps): PrometheusExporter {
    return PrometheusExporter.made(scope, id, props, MYSQLD);
  }

  /**
   * For memcached: items, hits and misses, evictions, connections, memory by slab.
   *
   * @param scope the workload: an object with a pod template, or a cdk8s-plus workload
   * @param id names the exporter in the construct tree, and its container
   * @throws when the scope is no workload or the settings are impossible, with all that is wrong with them; what clashes in
   * the pod is reported at synthesis
   */
  public static memcached(scope: Construct, id: string, props: MemcachedExporterProps = {}): PrometheusExporter {
    return PrometheusExporter.made(scope, id, props, MEMCACHED);
  }

  /**
   * For an app that shows its state as JSON: what JSONPaths find there.
   *
   * @param scope the workload: an object with a pod template, or a cdk8s-plus workload
   * @param id names the exporter in the construct tree, and its container
   * @throws when the scope is no workload or the settings are impossible, with all that is wrong with them; what clashes in
   * the pod is reported at synthesis
   */
  public static json(scope: Construct, id: string, props: JsonExporterProps): PrometheusExporter {
    return PrometheusExporter.made(scope, id, props, JSON_EXPORTER);
  }

  private static made<P extends PrometheusExporterOptions>(
    scope: Construct,
    id: string,
    props: P,
    exporter: Exporter<P>,
  ): PrometheusExporter {
    return new PrometheusExporter(scope, id, exported(scope, id, props, exporter), props.scrape);
  }

  /** The port on which Prometheus gets the metrics. */
  public readonly metricsPort: number;

  /**
   * What Prometheus asks for at that port: `/metrics`, or for JSON `/probe?…` for each module. Where neither annotations nor a
   * PodMonitor tell Prometheus, its configuration has to.
   */
  public readonly metricsPaths: string[];

  /** The PodMonitor, where one was asked for. */
  public readonly podMonitor?: ApiObject;

  private constructor(
    scope: Construct,
    id: string,
    { metrics, pods, endpoints, ...props }: ReturnType<typeof exported>,
    scrape?: PrometheusScrape,
  ) {
    super(scope, id, props);
    this.metricsPort = metrics.number;
    this.metricsPaths = endpoints.map(({ path, params }) => {
      const query = new URLSearchParams(params).toString();
      return query === '' ? path : `${path}?${query}`;
    });
    this.podMonitor = podMonitorOf(this, { metrics, pods, endpoints }, scrape);
  }
}
