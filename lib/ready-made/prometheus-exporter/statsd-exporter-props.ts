import { Duration } from 'cdk8s';
import { ReadyMadeConfigOptions } from '../../contributions';
import { PrometheusExporterOptions } from './prometheus-exporter-options';

/** How a mapping finds StatsD metrics by their names. */
export enum StatsdMatch {
  /** The whole name, in which `*` stands for one part between dots: `jobs.*.failed`. */
  GLOB = 'glob',
  /** A regular expression (RE2) that is found somewhere in the name; slower. Those are tried after all globs. */
  REGEX = 'regex',
}

/** The types of StatsD metrics. */
export enum StatsdMetricType {
  /** A counter: `|c`. */
  COUNTER = 'counter',
  /** A gauge: `|g`. */
  GAUGE = 'gauge',
  /** A timer, histogram or distribution: `|ms`, `|h`, `|d`. */
  OBSERVER = 'observer',
}

/** What becomes of timers, histograms and distributions. */
export enum StatsdObserver {
  /** A summary with quantiles, which cannot be aggregated over pods. */
  SUMMARY = 'summary',
  /** A histogram with buckets. */
  HISTOGRAM = 'histogram',
}

/** A quantile of a summary. */
export interface StatsdQuantile {
  /** Which one, between 0 and 1: 0.99. */
  readonly quantile: number;

  /** How far off it may be, between 0 and 1: 0.001. */
  readonly allowedError: number;
}

/** What becomes of some StatsD metrics. The first mapping that matches is the one that counts. */
export interface StatsdMapping {
  /** The names of the StatsD metrics. */
  readonly match: string;

  /**
   * How they are found.
   *
   * @default StatsdMatch.GLOB
   */
  readonly matchType?: StatsdMatch;

  /**
   * The type of the StatsD metrics.
   *
   * @default - every type
   */
  readonly metricType?: StatsdMetricType;

  /**
   * The name of the metric. `$1` or `${1}` stands for what the first `*`, or group of the regular expression, has matched.
   * Must be there unless they are dropped.
   *
   * @default - none
   */
  readonly name?: string;

  /**
   * Labels of the metric; `$1` in their values as in the name. They go before tags of the same name.
   *
   * @default - none besides the tags of the StatsD metric
   */
  readonly labels?: { [label: string]: string };

  /**
   * What the metric is, for those who read it. The same in all mappings of a name.
   *
   * @default - that it was made by this exporter
   */
  readonly help?: string;

  /**
   * Whether they are left out.
   *
   * @default false
   */
  readonly drop?: boolean;

  /**
   * What becomes of timers, histograms and distributions.
   *
   * @default - StatsdObserver.HISTOGRAM with `buckets`, StatsdObserver.SUMMARY with `quantiles`, otherwise that of the exporter
   */
  readonly observer?: StatsdObserver;

  /**
   * The upper bounds of a histogram's buckets, in ascending order. Timers are in seconds.
   *
   * @default - Prometheus' own: 0.005 to 10
   */
  readonly buckets?: number[];

  /**
   * The quantiles of a summary.
   *
   * @default - 0.5, 0.9 and 0.99
   */
  readonly quantiles?: StatsdQuantile[];

  /**
   * What values are multiplied with, for instance 0.001 for milliseconds that a gauge has.
   *
   * @default 1
   */
  readonly scale?: number;

  /**
   * The time without news after which the metric is forgotten, in whole milliseconds.
   *
   * @default - that of the exporter
   */
  readonly ttl?: Duration;
}

/**
 * Properties of an exporter for StatsD. Its configuration is the file of the mappings, which is there with `mappings`,
 * `observer` or `ttl`.
 */
export interface StatsdExporterProps extends PrometheusExporterOptions, ReadyMadeConfigOptions {
  /**
   * The port on which it takes StatsD metrics, by UDP and TCP.
   *
   * @default 8125 - to which StatsD clients send unless they are told otherwise
   */
  readonly port?: number;

  /**
   * The address on which it takes StatsD metrics: `127.0.0.1` or `::1` for this pod alone, `0.0.0.0` or `::` to let other
   * pods in.
   *
   * @default '127.0.0.1'
   */
  readonly listenAddress?: string;

  /**
   * What becomes of the metrics, by their names.
   *
   * @default - each keeps its name, with `_` for what Prometheus does not have in names
   */
  readonly mappings?: StatsdMapping[];

  /**
   * What becomes of timers, histograms and distributions where their mapping does not say.
   *
   * @default StatsdObserver.SUMMARY
   */
  readonly observer?: StatsdObserver;

  /**
   * The time without news after which a metric is forgotten where its mapping does not say, in whole milliseconds.
   *
   * @default - never
   */
  readonly ttl?: Duration;
}
