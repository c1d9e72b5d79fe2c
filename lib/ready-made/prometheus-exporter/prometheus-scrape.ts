import { Duration } from 'cdk8s';

/** Properties of a PodMonitor. */
export interface PodMonitorOptions {
  /**
   * Its name.
   *
   * @default - made by the chart, unique in the app
   */
  readonly name?: string;

  /**
   * Its labels: a Prometheus may be told to look at PodMonitors of some labels only, as `release: prometheus`.
   *
   * @default - those of the chart
   */
  readonly labels?: { [label: string]: string };

  /**
   * The labels of the pods, all of which they have.
   *
   * @default - those by which the workload selects its pods, or that its pod template has
   */
  readonly matchLabels?: { [label: string]: string };

  /**
   * The time between two scrapes.
   *
   * @default - that of the Prometheus
   */
  readonly interval?: Duration;

  /**
   * How long a scrape may take; not longer than the interval.
   *
   * @default - that of the Prometheus
   */
  readonly scrapeTimeout?: Duration;
}

/**
 * How Prometheus learns of metrics.
 *
 * @example
 *
 * const scrape = PrometheusScrape.podMonitor({ labels: { release: 'prometheus' }, interval: Duration.seconds(30) });
 */
export class PrometheusScrape {
  /**
   * By annotations of the pod, `prometheus.io/scrape` and `prometheus.io/port`, which are a custom and no part of Prometheus:
   * its configuration has to look at them, as that of its Helm chart does. A pod has them once, so only one of its
   * exporters can.
   */
  public static annotations(): PrometheusScrape {
    return new PrometheusScrape();
  }

  /**
   * By a PodMonitor, which the Prometheus operator reads. It is made beside the exporter, in the workload's namespace.
   *
   * @see https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1.PodMonitor
   */
  public static podMonitor(options: PodMonitorOptions = {}): PrometheusScrape {
    return new PrometheusScrape(options);
  }

  private constructor(
    /** @internal */
    public readonly _podMonitor?: PodMonitorOptions,
  ) {}
}
