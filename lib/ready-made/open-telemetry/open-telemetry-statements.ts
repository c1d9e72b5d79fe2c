import { Change, OpenTelemetryTransformation } from './open-telemetry-transformation';

/** The kinds of data that a collector has pipelines for. */
export const SIGNALS = ['logs', 'metrics', 'traces'] as const;
export type Signal = (typeof SIGNALS)[number];

/** What the language of transformations (OTTL) calls a record of each kind, and the processors their lists. */
const RECORDS = {
  logs: { record: 'log', statements: 'log_statements', filter: 'logs', conditions: 'log_record' },
  metrics: { record: 'datapoint', statements: 'metric_statements', filter: 'metrics', conditions: 'datapoint' },
  traces: { record: 'span', statements: 'trace_statements', filter: 'traces', conditions: 'span' },
} as const;

/** A processor: its type and configuration. */
interface Processor {
  readonly type: 'transform' | 'filter';
  readonly config: object;
}

/** The processors that make changes in their order: one for all in a row that are statements. */
export function processorsOf(signal: Signal, transformations: readonly OpenTelemetryTransformation[]): Processor[] {
  const { statements: list, filter, conditions } = RECORDS[signal];
  const processors: Processor[] = [];
  let statements: string[] = [];
  const flush = (): void => {
    if (statements.length > 0) {
      // Silent: what is no JSON is marked, and a line of the collector's own for each would be as much again.
      processors.push({ type: 'transform', config: { error_mode: 'silent', [list]: [{ statements }] } });
      statements = [];
    }
  };
  for (const { _change: change } of transformations) {
    if (change.kind === 'dropMatching') {
      flush();
      const condition = `IsMatch(${attributeOf(signal, change.attribute)}, ${quoted(change.pattern)})`;
      processors.push({
        type: 'filter',
        config: {
          error_mode: 'silent',
          [filter]: { [conditions]: [unlessMissing(signal, change.attribute, condition)] },
        },
      });
    } else {
      statements.push(...statementsOf(signal, change));
    }
  }
  flush();
  return processors;
}

/** Severities by the beginning of their common names, in any case. */
const SEVERITIES = [
  ['TRACE', 'trace'],
  ['DEBUG', 'debug'],
  ['INFO', 'info|notice'],
  ['WARN', 'warn'],
  ['ERROR', 'err'],
  ['FATAL', 'fatal|crit|alert|emerg|panic'],
] as const;

const PARSED = 'log.cache["parsed"]';

function statementsOf(signal: Signal, change: Exclude<Change, { kind: 'dropMatching' }>): string[] {
  const attributes = `${RECORDS[signal].record}.attributes`;
  if (change.kind === 'parseJson' || change.kind === 'parseRegex') {
    return parseStatements(change);
  }
  const attribute = attributeOf(signal, change.attribute);
  const drop = `delete_key(${attributes}, ${quoted(change.attribute)})`;
  switch (change.kind) {
    case 'rename':
      return [`set(${attributeOf(signal, change.newName)}, ${attribute}) where ${attribute} != nil`, drop];
    case 'drop':
      return [drop];
    case 'hash':
      return [`set(${attribute}, SHA256(String(${attribute}))) where ${attribute} != nil`];
    case 'severity':
      return [
        ...SEVERITIES.map(
          ([name, names]) =>
            `set(log.severity_number, SEVERITY_NUMBER_${name}) where IsString(${attribute}) and IsMatch(${attribute}, "^(?i:${names})")`,
        ),
        `set(log.severity_text, ${attribute}) where IsString(${attribute})`,
        `${drop} where IsString(${attribute})`,
      ];
  }
}

function parseStatements(change: Extract<Change, { kind: 'parseJson' | 'parseRegex' }>): string[] {
  const { message, keepBody } = change.options;
  const isParsed = `where IsMap(${PARSED})`;
  const isJson = change.kind === 'parseJson';
  return [
    'delete_key(log.cache, "parsed")',
    isJson
      ? `set(${PARSED}, ParseJSON(log.body)) where IsString(log.body)`
      : `set(${PARSED}, ExtractPatterns(log.body, ${quoted(change.pattern)})) where IsString(log.body)`,
    // Without a match there are no groups.
    ...(isJson ? [] : [`delete_key(log.cache, "parsed") where Len(${PARSED}) == 0`]),
    `merge_maps(log.attributes, ${PARSED}, "upsert") ${isParsed}`,
    ...(isJson ? [`flatten(log.attributes) ${isParsed}`] : []),
    ...(keepBody ? [] : [`set(log.body, "") ${isParsed}`]),
    ...(message === undefined
      ? []
      : [
          `set(log.body, ${attributeOf('logs', message)}) ${isParsed} and ${attributeOf('logs', message)} != nil`,
          `delete_key(log.attributes, ${quoted(message)}) ${isParsed}`,
        ]),
    `set(log.attributes["parse.error"], "${isJson ? 'no JSON object' : 'no match'}") where not IsMap(${PARSED})`,
  ];
}

function unlessMissing(signal: Signal, attribute: string, condition: string): string {
  return `${attributeOf(signal, attribute)} != nil and ${condition}`;
}

function attributeOf(signal: Signal, name: string): string {
  return `${RECORDS[signal].record}.attributes[${quoted(name)}]`;
}

/** A string of OTTL, which has Go's escapes, in a configuration, which has `$$` for a dollar sign. */
export function quoted(text: string): string {
  return JSON.stringify(text).replaceAll('$', '$$$$');
}
