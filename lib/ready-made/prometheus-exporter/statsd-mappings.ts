import { stringify } from 'yaml';
import { enumOf, flag, kind, listOf, mapOf, nested, notEmpty, onlyFields, Shape, text } from '../../values/shape';
import { quoteList } from '../../values/text';
import { entriesOf } from '../../values/given-order';
import { goDuration } from '../settings/go-duration';
import { MILLISECONDS } from './exporter';
import { matching } from './exporter-secrets';
import { bucketsOf } from './metric-shapes';
import {
  StatsdExporterProps,
  StatsdMapping,
  StatsdMatch,
  StatsdMetricType,
  StatsdObserver,
} from './statsd-exporter-props';
import { compiledRe2 } from '../settings/re2';

/** A part of a name that a glob has. */
const GLOB = /^(?:\*|[a-zA-Z_][a-zA-Z0-9_-]*)(?:\.(?:\*|[a-zA-Z0-9_][a-zA-Z0-9_-]*))*$/;
const NAME = /^(?:[a-zA-Z_]|\$\{?\d+\}?)(?:[a-zA-Z0-9_]|\$\{?\d+\}?)*$/;
/** The exporter wants two characters at least. */
const LABEL = /^[a-zA-Z_][a-zA-Z0-9_]+$/;
/** A `$` with the number of what was matched, or one that is none. */
const REFERENCE = /\$(?:(\d+)|\{(\d+)\})|\$/g;
/** What the exporter says of itself; two metrics of one name are an error at each scrape. */
const OWN = /^(?:go|process|promhttp|statsd_exporter|statsd_metric_mapper)_/;
/** Labels that are buckets and quantiles: the exporter ends when it makes a histogram or a summary with them. */
const TAKEN_LABELS = ['le', 'quantile'];

const between0And1 = kind('a number between 0 and 1', (value) => isNumber(value) && value > 0 && value < 1);

export const STATSD_MAPPINGS: Shape = listOf(
  'mappings',
  onlyFields(
    { match: text },
    {
      matchType: enumOf('StatsdMatch', StatsdMatch),
      metricType: enumOf('StatsdMetricType', StatsdMetricType),
      name: matching(NAME, 'the name of a metric: letters, digits, "_" and $1, not beginning with a digit'),
      labels: mapOf('values', text),
      help: nested(
        text,
        kind('a text that is not empty', (value) => value !== ''),
      ),
      drop: flag,
      observer: enumOf('StatsdObserver', StatsdObserver),
      buckets: bucketsOf(kind('a number', isNumber)),
      quantiles: notEmpty(
        listOf('quantiles', onlyFields({ quantile: between0And1, allowedError: between0And1 })),
        'quantile',
      ),
      scale: kind('a number above 0', (value) => isNumber(value) && value > 0),
      ttl: MILLISECONDS,
    },
  ),
);

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

/** All that is wrong with mappings of the right types: what the exporter refuses, or takes otherwise. */
export function statsdMappingProblems(mappings: readonly StatsdMapping[]): string[] {
  return [
    ...mappings.flatMap((mapping, index) => mappingProblems(mapping, `mappings[${index}]`)),
    ...mappings.flatMap((mapping, index) => othersProblems(mapping, `mappings[${index}]`, mappings.slice(0, index))),
  ];
}

function mappingProblems(mapping: StatsdMapping, path: string): string[] {
  const { name, labels = {}, drop = false, observer, buckets, quantiles, metricType } = mapping;
  const found = capturesOf(mapping);
  if (typeof found === 'string') {
    return [`${path}.match is ${JSON.stringify(mapping.match)}; ${found}`];
  }
  const forOthers = Object.entries({ observer, buckets, quantiles }).filter(([, value]) => value !== undefined);
  return [
    ...(name === undefined && !drop ? [`${path}.name is missing; give one, or "drop: true"`] : []),
    ...(name !== undefined && drop ? [`${path} has a name, but "drop: true"; leave one of them out`] : []),
    ...(name !== undefined && OWN.test(name)
      ? [`${path}.name is ${JSON.stringify(name)}, as the exporter's own metrics are called; give it another one`]
      : []),
    ...(name === undefined ? [] : referenceProblems(`${path}.name`, name, mapping, found)),
    ...Object.entries(labels).flatMap(([label, value]) => [
      ...labelProblems(`${path}.labels`, label),
      ...referenceProblems(`${path}.labels[${JSON.stringify(label)}]`, value, mapping, found),
    ]),
    ...(buckets && quantiles
      ? [`${path} has buckets and quantiles; a histogram has the one, a summary the other`]
      : []),
    ...(observer === StatsdObserver.SUMMARY && buckets ? [`${path} has buckets, which a summary has not`] : []),
    ...(observer === StatsdObserver.HISTOGRAM && quantiles ? [`${path} has quantiles, which a histogram has not`] : []),
    ...(metricType !== undefined && metricType !== StatsdMetricType.OBSERVER && forOthers.length > 0
      ? [
          `${path} has ${quoteList(forOthers.map(([key]) => key))}, which is for timers, histograms and distributions, ` +
            `but is for a ${metricType}; leave it out`,
        ]
      : []),
  ];
}

/** How much a match captures, or what is wrong with it. */
function capturesOf({ match, matchType }: StatsdMapping): number | string {
  if (matchType !== StatsdMatch.REGEX) {
    return GLOB.test(match)
      ? match.split('*').length - 1
      : 'give parts of letters, digits, "_" and "-", or "*", with dots between them, the first beginning with no digit';
  }
  if (match === '') {
    return 'give a regular expression that is not empty';
  }
  const compiled = compiledRe2(match);
  return typeof compiled === 'string' ? `give a regular expression of RE2: ${compiled}` : compiled.groupCount();
}

function labelProblems(path: string, label: string): string[] {
  if (!LABEL.test(label) || label.startsWith('__')) {
    return [
      `${path} has ${JSON.stringify(label)}; the exporter takes names of two or more letters, digits and "_", which begin ` +
        'with no digit and no "__"',
    ];
  }
  return TAKEN_LABELS.includes(label) ? [`${path} has "${label}", which histograms and summaries use themselves`] : [];
}

function referenceProblems(path: string, value: string, { matchType }: StatsdMapping, captures: number): string[] {
  const least = matchType === StatsdMatch.REGEX ? 0 : 1;
  const wrong = [...value.matchAll(REFERENCE)].filter((found: readonly (string | undefined)[]) => {
    const number = found[1] ?? found[2];
    return number === undefined || Number(number) < least || Number(number) > captures;
  });
  return wrong.length === 0
    ? []
    : [
        `${path} is ${JSON.stringify(value)}, but ${quoteList(wrong.map(([text]) => text))} stands for nothing: ` +
          (captures === 0 ? 'nothing is captured' : `there is $${least}${captures > least ? ` to $${captures}` : ''}`),
      ];
}

/** What is wrong with a mapping beside those that stand before it. */
function othersProblems(mapping: StatsdMapping, path: string, before: readonly StatsdMapping[]): string[] {
  const same = before.filter(({ match, matchType }) => match === mapping.match && isSameMatch(matchType, mapping));
  const taken = new Set(same.flatMap(typesOf));
  const named = before.filter(({ name }) => name !== undefined && name === mapping.name);
  const help = named.find((other) => other.help !== mapping.help);
  const type = named.find(
    ({ metricType }) =>
      metricType !== undefined && mapping.metricType !== undefined && metricType !== mapping.metricType,
  );
  return [
    ...(typesOf(mapping).every((each) => taken.has(each))
      ? [`${path} never matches: ${JSON.stringify(mapping.match)} is there before; leave one out`]
      : []),
    ...(help
      ? [`${path} has another help than the mapping before it of the name "${mapping.name ?? ''}"; give both the same`]
      : []),
    ...(type
      ? [`${path} makes "${mapping.name ?? ''}" of another type than a mapping before it; give it another name`]
      : []),
  ];
}

function isSameMatch(matchType: StatsdMatch | undefined, mapping: StatsdMapping): boolean {
  return (matchType ?? StatsdMatch.GLOB) === (mapping.matchType ?? StatsdMatch.GLOB);
}

function typesOf({ metricType }: StatsdMapping): readonly StatsdMetricType[] {
  return metricType === undefined ? Object.values(StatsdMetricType) : [metricType];
}

/** The mappings as the exporter reads them. */
export function renderStatsdMappings({ mappings = [], observer, ttl }: StatsdExporterProps): string {
  const defaults = {
    ...(observer && { observer_type: observer }),
    ...(ttl && { ttl: goDuration(ttl) }),
  };
  return stringify(
    {
      ...(Object.keys(defaults).length > 0 && { defaults }),
      mappings: inOrder(mappings).map(rendered),
    },
    // Its YAML is one of 1.1, in which many a plain text is no text.
    { defaultStringType: 'QUOTE_DOUBLE', defaultKeyType: 'PLAIN', lineWidth: 0 },
  );
}

/**
 * The exporter loses a glob that is the beginning of an earlier one. No two of different lengths match the same name, so
 * that the short ones can come first.
 */
function inOrder(mappings: readonly StatsdMapping[]): StatsdMapping[] {
  const length = ({ match, matchType }: StatsdMapping): number =>
    matchType === StatsdMatch.REGEX ? Infinity : match.split('.').length;
  return mappings
    .map((mapping, index) => ({ mapping, index, length: length(mapping) }))
    .sort((one, other) => (one.length === other.length ? one.index - other.index : one.length - other.length))
    .map(({ mapping }) => mapping);
}

function rendered(mapping: StatsdMapping): object {
  const { match, matchType, metricType, labels = {}, help, drop = false, buckets, quantiles, scale, ttl } = mapping;
  const observer =
    mapping.observer ?? (buckets ? StatsdObserver.HISTOGRAM : quantiles ? StatsdObserver.SUMMARY : undefined);
  const isGlob = matchType !== StatsdMatch.REGEX;
  const text = (value: string): string => template(value, isGlob);
  return {
    match,
    ...(matchType && { match_type: matchType }),
    ...(metricType && { match_metric_type: metricType }),
    // It wants a name although there will be no metric.
    name: drop ? 'dropped' : text(mapping.name ?? ''),
    ...(Object.keys(labels).length > 0 && {
      labels: Object.fromEntries(entriesOf(labels).map(([label, value]) => [label, text(value)])),
    }),
    ...(help !== undefined && { help }),
    ...(drop && { action: 'drop' }),
    ...(observer && { observer_type: observer }),
    ...(buckets && { histogram_options: { buckets } }),
    ...(quantiles && {
      summary_options: {
        quantiles: quantiles.map(({ quantile, allowedError }) => ({ quantile, error: allowedError })),
      },
    }),
    ...(scale !== undefined && { scale }),
    ...(ttl && { ttl: goDuration(ttl) }),
  };
}

/**
 * A text with references: with braces, as the exporter takes `$1_total` for a reference of that name. Where a glob has
 * some, it formats the text, and `%` has to be `%%`.
 */
function template(value: string, isGlob: boolean): string {
  const braced = value.replaceAll(REFERENCE, (_, plain: string | undefined, inBraces: string | undefined) => {
    return `\${${plain ?? inBraces ?? ''}}`;
  });
  return isGlob && braced !== value.replaceAll(REFERENCE, '') ? braced.replaceAll('%', '%%') : braced;
}
