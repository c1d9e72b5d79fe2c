import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { Adapter } from '../../patterns';
import { goDuration } from '../../values/go-duration';
import { exported, Exporter } from './exporter';
import { MYSQLD } from './mysqld-exporter';
import { MysqldExporterProps } from './mysqld-exporter-props';
import { NGINX } from './nginx-exporter';
import { NginxExporterProps } from './nginx-exporter-props';
import { POSTGRES } from './postgres-exporter';
import { PostgresExporterProps } from './postgres-exporter-props';
import { PrometheusExporterOptions } from './prometheus-exporter-options';
import { PodMonitorOptions } from './prometheus-scrape';
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

  private static made<P extends PrometheusExporterOptions>(
    scope: Construct,
    id: string,
    props: P,
    exporter: Exporter<P>,
  ): PrometheusExporter {
    return new PrometheusExporter(scope, id, exported(scope, id, props, exporter), props.scrape?._podMonitor);
  }

  /** The port on which Prometheus gets the metrics. */
  public readonly metricsPort: number;

  /** The PodMonitor, where one was asked for. */
  public readonly podMonitor?: ApiObject;

  private constructor(
    scope: Construct,
    id: string,
    { metrics, pods, ...props }: ReturnType<typeof exported>,
    podMonitor?: PodMonitorOptions,
  ) {
    super(scope, id, props);
    this.metricsPort = metrics.number;
    if (podMonitor && pods) {
      const { name, labels, interval, scrapeTimeout } = podMonitor;
      this.podMonitor = new ApiObject(this, 'pod-monitor', {
        apiVersion: 'monitoring.coreos.com/v1',
        kind: 'PodMonitor',
        metadata: { name, namespace: pods.namespace, labels },
        spec: {
          selector: { matchLabels: { ...pods.labels } },
          podMetricsEndpoints: [
            {
              port: metrics.name,
              interval: interval && goDuration(interval),
              scrapeTimeout: scrapeTimeout && goDuration(scrapeTimeout),
            },
          ],
        },
      });
    }
  }
}
