import { ConfigChange, VolumeShare } from '../../contributions';
import { PrometheusExporterOptions } from '../prometheus-exporter';
import { LogMetric } from './log-metric';

/** Properties of an adapter that makes metrics of log lines. */
export interface LogMetricsProps extends PrometheusExporterOptions {
  /** The folder in which the main container writes its logs. */
  readonly source: VolumeShare;

  /** The metrics, at least one. */
  readonly metrics: LogMetric[];

  /**
   * The logs, by patterns relative to the folder, in which `*` stands for a part of a name.
   *
   * @default ['*.log']
   */
  readonly files?: string[];

  /**
   * The name of the ConfigMap with the program; with `ConfigChange.REPLACE`, what stands before the hash.
   *
   * @default - made by the chart, unique in the app
   */
  readonly configMapName?: string;

  /**
   * The name of the volume with the program.
   *
   * @default - the container's name and `-config`
   */
  readonly configVolumeName?: string;

  /**
   * What happens to running pods when the program changes, which mtail reads only at its start.
   *
   * @default - ConfigChange.REPLACE with the ready-made container, ConfigChange.KEEP_RUNNING with a container of your own
   */
  readonly onChange?: ConfigChange;
}
