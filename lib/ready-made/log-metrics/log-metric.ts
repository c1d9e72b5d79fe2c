/** What a metric is to Prometheus. */
export enum LogMetricKind {
  /** What only grows: the lines that match, or the sum of a value in them, which is not negative. */
  COUNTER = 'counter',
  /** What goes up and down: the value of the last line that matches. */
  GAUGE = 'gauge',
  /** How values, which are not negative, are spread: how many are up to each of the buckets. */
  HISTOGRAM = 'histogram',
}

/** A metric that is made of the lines that match a pattern. */
export interface LogMetric {
  /** Its name: letters, digits and `_`, not beginning with a digit. */
  readonly name: string;

  /** What it is to Prometheus. */
  readonly kind: LogMetricKind;

  /**
   * What a line matches that counts: a regular expression (RE2), which may match any part. Its named groups,
   * `(?<status>\d+)`, are the labels; each combination of their values is a series of its own, so that they should have few.
   */
  readonly pattern: string;

  /**
   * The named group that has the value, which is no label then. A line in which it is no number is not counted.
   *
   * @default - none: a counter counts lines; a gauge and a histogram need one
   */
  readonly value?: string;

  /**
   * The upper bounds of a histogram's buckets, in ascending order and above 0; the last one, without a bound, is there
   * anyway.
   *
   * @default - none: a histogram needs them
   */
  readonly buckets?: number[];
}
