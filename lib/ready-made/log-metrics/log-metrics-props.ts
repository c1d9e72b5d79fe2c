import { ReadyMadeConfigOptions, VolumeShare } from '../../contributions';
import { PrometheusExporterOptions } from '../prometheus-exporter';
import { LogMetric } from './log-metric';

/** Properties of an adapter that makes metrics of log lines. */
export interface LogMetricsProps extends PrometheusExporterOptions, ReadyMadeConfigOptions {
  /** The folder in which the main container writes its logs. */
  readonly source: VolumeShare;

  /** The metrics, at least one. */
  readonly metrics: LogMetric[];

  /**
   * The files, by patterns relative to the folder, in which `*` stands for a part of a name.
   *
   * @default ['*.log']
   */
  readonly include?: string[];
}
