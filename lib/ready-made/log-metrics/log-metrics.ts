import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { SHARE } from '../../contributions/helper-shape';
import { Adapter } from '../../patterns';
import { kind, listOf, notEmpty } from '../../values/shape';
import { folderOf, folderProblem } from '../../values/shared-folder';
import { exported, Exporter } from '../prometheus-exporter/exporter';
import { podMonitorOf } from '../prometheus-exporter/pod-monitor';
import { LOG_METRICS, logMetricProblems, renderLogMetrics } from './log-metrics-program';
import { LogMetricsProps } from './log-metrics-props';

const FOLDER = '/etc/mtail';
const FILE = 'metrics.mtail';
const DEFAULT_INCLUDE = ['*.log'];

const MTAIL: Exporter<LogMetricsProps> = {
  engine: 'logs',
  image: 'ghcr.io/google/mtail:3.0.9',
  user: 65534,
  metricsPort: 3903,
  healthPath: '/',
  takesData: true,
  isExtensible: true,
  settings: {
    include: notEmpty(
      listOf(
        'patterns',
        kind(
          'the path of files in the folder, such as "*.log", of letters, digits and "_.+@=:*-"',
          (value) => typeof value === 'string' && /^(?!\.)[\w.+@=:*-]+(?:\/(?!\.)[\w.+@=:*-]+)*$/.test(value),
        ),
      ),
      'pattern',
    ),
  },
  others: { metrics: LOG_METRICS, source: SHARE },
  required: ['metrics', 'source'],
  problems: ({ metrics, source, container }) => [
    ...logMetricProblems(metrics),
    ...(container ? [] : folderProblem(source, 'mtail', '._@+=~:- ', ' of source')),
  ],
  args: ({ source, include = DEFAULT_INCLUDE }) => [
    `--progs=${FOLDER}/${FILE}`,
    ...include.map((file) => `--logs=${folderOf(source)}/${file}`),
    // Its file system is read-only.
    '--logtostderr',
    // A label more on each metric that says nothing.
    '--emit_prog_label=false',
    // What is in a new file before it is found is not counted; 250 ms is the default.
    '--poll_log_interval=50ms',
  ],
  portArgs: (port) => [`--port=${port}`],
  files: ({ metrics }) => ({ [FILE]: renderLogMetrics(metrics) }),
  folder: FOLDER,
};

/**
 * An adapter that makes metrics of what the main container logs, and gives them out as Prometheus reads them: it is an mtail,
 * whose program is generated.
 *
 * What mtail would not start with, or take otherwise than it was meant, is an error.
 *
 * The ready-made container has the image `ghcr.io/google/mtail:3.0.9`, user 65534, what Pod Security "restricted" asks for, a
 * read-only root file system, requests of 10m CPU and 32Mi memory, port 3903, and a startup and a liveness probe. A container
 * of your own gets the mounts of the logs and of `/etc/mtail` and the port, and has to be given mtail's arguments,
 * `--progs=/etc/mtail/metrics.mtail` and `--logs=…`.
 *
 * @example
 *
 * new LogMetrics(deployment, 'log-metrics', {
 *   source: SharedVolume.emptyDir('logs').at('/var/log/nginx'),
 *   metrics: [
 *     { name: 'requests_total', kind: LogMetricKind.COUNTER, pattern: '" (?<status>\\d{3}) ' },
 *     { name: 'sent_bytes_total', kind: LogMetricKind.COUNTER, pattern: '" \\d{3} (?<bytes>\\d+) ', value: 'bytes' },
 *   ],
 *   scrape: PrometheusScrape.annotations(),
 * });
 */
export class LogMetrics extends Adapter {
  /** The port on which Prometheus gets the metrics. */
  public readonly metricsPort: number;

  /** The PodMonitor, where one was asked for. */
  public readonly podMonitor?: ApiObject;

  /**
   * @param scope the workload: an object with a pod template, or a cdk8s-plus workload
   * @param id names the adapter in the construct tree, and its ready-made container
   * @throws when the scope is no workload or the settings are impossible, with all that is wrong with them; what clashes
   * in the pod is reported at synthesis
   */
  public constructor(scope: Construct, id: string, props: LogMetricsProps) {
    const { metrics, pods, endpoints, ...adapter } = exported(scope, id, props, MTAIL);
    super(scope, id, { ...adapter, source: props.source });
    this.metricsPort = metrics.number;
    this.podMonitor = podMonitorOf(this, { metrics, pods, endpoints }, props.scrape);
  }

  /** The ConfigMap with the program. */
  public get configMap(): ApiObject {
    return this.configMaps[0];
  }
}
