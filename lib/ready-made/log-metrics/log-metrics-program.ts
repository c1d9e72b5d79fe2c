import { LogMetric, LogMetricKind } from './log-metric';
import { bucketsOf, METRIC_NAME } from '../prometheus-exporter/metric-shapes';
import { duplicates } from '../../values/duplicates';
import { enumOf, kind, listOf, notEmpty, onlyFields, shown, text } from '../../values/shape';
import { quoteList } from '../../values/text';
import { compiledRe2 } from '../settings/re2';

/** What the longest expression may have that mtail takes, in bytes. */
const MAX_PATTERN = 1024;
/** What mtail says of itself; two metrics of one name are an error at each scrape. */
const OWN = /^(?:go|process|promhttp|mtail)_/;
/** What a histogram adds to its name. */
const SUFFIXES = ['_bucket', '_sum', '_count'];

const POSITIVE = '\\d+\\.?\\d*|\\.\\d+';

/** The program of mtail for metrics without problems. */
export function renderLogMetrics(metrics: readonly LogMetric[]): string {
  return metrics.map((metric, index) => program(metric, `metric${index + 1}`)).join('\n');
}

function program(metric: LogMetric, variable: string): string {
  const { name, kind: type, pattern, value, buckets } = metric;
  const groups = groupsOf(pattern);
  const labels = groups.filter((group) => group !== value);
  // Names in quotes are no keywords of mtail's.
  const declaration = [
    `${type} ${variable} as "${name}"`,
    ...(labels.length > 0 ? [`by ${labels.map((label) => `"${label}"`).join(', ')}`] : []),
    // The first is the lower bound of the first bucket, which is not in it itself, and 0 is to be.
    ...(buckets ? [`buckets -1, ${buckets.join(', ')}`] : []),
  ].join(' ');
  const series = `${variable}${labels.map((label) => `[$${label}]`).join('')}`;
  const sign = type === LogMetricKind.GAUGE ? '[-+]?' : '\\+?';
  const conditions = [
    `/${translated(pattern, groups)}/`,
    // A label that is no UTF-8 would keep Prometheus from the whole metric; mtail reads such a byte as this character.
    ...(labels.length > 0 ? ['$0 !~ /\\x{FFFD}/'] : []),
    ...(value === undefined ? [] : [`$${value} =~ /^${sign}(?:${POSITIVE})(?:[eE][-+]?\\d{1,2})?$/`]),
  ];
  const action =
    value === undefined ? `${series}++` : `${series} ${type === LogMetricKind.COUNTER ? '+=' : '='} float($${value})`;
  const indent = (depth: number): string => '  '.repeat(depth);
  return [
    declaration,
    ...conditions.map((condition, depth) => `${indent(depth)}${condition} {`),
    `${indent(conditions.length)}${action}`,
    ...conditions.map((_, index) => `${indent(conditions.length - 1 - index)}}`),
    '',
  ].join('\n');
}

/** What an expression is made of, in so far as it matters here. */
const TOKEN = /\\[^]|\[\^?\]?(?:\\[^]|\[:\^?\w+:\]|[^\]\\])*\]|\(\?P?<(\w+)>|[^]/gu;

/** The names of an expression's groups, in their order. */
function groupsOf(pattern: string): string[] {
  return [...pattern.matchAll(TOKEN)].flatMap(([, name]: readonly (string | undefined)[]) =>
    name === undefined ? [] : [name],
  );
}

/**
 * An expression between mtail's slashes. mtail takes `007` for the number 7 where a group matches digits only; something
 * empty in the group, and it is a text.
 */
function translated(pattern: string, names: readonly string[]): string {
  return pattern.replace(TOKEN, (token: string, name: string | undefined) =>
    name !== undefined && names.includes(name) ? `(?P<${name}>(?:)` : slashed(token),
  );
}

function slashed(token: string): string {
  return token.replaceAll(/\\[^]|[^]/gu, (each) =>
    each === '/' ? '\\/' : each === '\n' ? '\\n' : each === '\u2424' ? '\\x{2424}' : each,
  );
}

export const LOG_METRICS = notEmpty(
  listOf(
    'metrics',
    onlyFields(
      { name: METRIC_NAME, kind: enumOf('LogMetricKind', LogMetricKind), pattern: text },
      {
        value: text,
        buckets: bucketsOf(kind('a number above 0', (value) => Number.isFinite(value) && (value as number) > 0)),
      },
    ),
  ),
  'metric',
);

/** All that is wrong with metrics of the right types: what mtail refuses, or takes otherwise. */
export function logMetricProblems(metrics: readonly LogMetric[]): string[] {
  const names = metrics.flatMap(({ name, kind: type }) => [
    name,
    ...(type === LogMetricKind.HISTOGRAM ? SUFFIXES.map((suffix) => `${name}${suffix}`) : []),
  ]);
  return [
    ...metrics.flatMap((metric, index) => metricProblems(metric, `metrics[${index}]`)),
    ...duplicates(names).map(
      (name) =>
        `two metrics are called ${shown(name)}; give them different names, or one metric a pattern with alternatives`,
    ),
  ];
}

function metricProblems(metric: LogMetric, path: string): string[] {
  const { name, kind: type, pattern, value, buckets } = metric;
  const wrong = patternProblem(pattern);
  if (wrong !== undefined) {
    return [`${path}.pattern is ${shown(pattern)}; ${wrong}`];
  }
  const groups = groupsOf(pattern);
  const isHistogram = type === LogMetricKind.HISTOGRAM;
  return [
    ...(OWN.test(name)
      ? [`${path}.name is ${shown(name)}, as mtail's own metrics are called; give it another one`]
      : []),
    ...(value !== undefined && !groups.includes(value)
      ? [`${path}.value is ${shown(value)}, but its pattern has no such group; there is ${quoteList(groups)}`]
      : []),
    ...(value === undefined && type !== LogMetricKind.COUNTER
      ? [`${path}.value is missing; give the named group that has the value of the ${type}`]
      : []),
    ...(isHistogram && !buckets
      ? [`${path}.buckets is missing; give the upper bounds of the histogram's buckets`]
      : []),
    ...(!isHistogram && buckets ? [`${path} has buckets, which a ${type} has not; leave them out`] : []),
    ...groups
      .filter((group) => group !== value && (group.startsWith('__') || (isHistogram && group === 'le')))
      .map(
        (group) => `${path}.pattern has the label ${shown(group)}, which Prometheus uses itself; give it another name`,
      ),
  ];
}

function patternProblem(pattern: string): string | undefined {
  if (pattern === '') {
    return 'give a regular expression that is not empty';
  }
  const groups = groupsOf(pattern);
  if (/\\[QC]/.test(pattern)) {
    return 'write each character with its backslash instead of \\Q, and no \\C';
  }
  if (groups.some((name) => !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name))) {
    return 'give its groups names of letters, digits and "_", not beginning with a digit';
  }
  const compiled = compiledRe2(pattern);
  if (typeof compiled === 'string') {
    return `give a regular expression of RE2: ${compiled}`;
  }
  const length = Buffer.byteLength(translated(pattern, groups));
  return length > MAX_PATTERN
    ? `mtail takes up to ${MAX_PATTERN} bytes, these are ${length} as it reads them`
    : undefined;
}
