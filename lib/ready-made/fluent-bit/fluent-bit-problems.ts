import { SHARE } from '../../contributions/helper-shape';
import { addedPathProblem } from '../settings/added-path';
import { hostProblem, isHost, rangeProblem } from '../../values/address';
import { MAX_COUNT, mebibytesProblem, secondsProblem, size, sizeProblem } from '../settings/limits';
import {
  duration,
  fields,
  flag,
  kind,
  listOf,
  made,
  mapOf,
  objectName,
  ofMode,
  onlyFields,
  port,
  Shape,
  shown,
  text,
  wholeNumber,
} from '../../values/shape';
import { originProblem } from '../settings/pod-fields';
import { secretParameters } from '../settings/secret-header';
import {
  excludeProblem,
  fileProblems,
  folderProblem,
  loopProblems,
  readTwiceProblems,
  sourceProblem,
  writtenTwiceProblems,
} from '../../values/shared-folder';
import { shownUrl } from '../../values/shown-url';
import { authorityProblems, schemeProblems, TLS_OBJECTS } from '../settings/tls-sources';
import { upstreamOf } from '../settings/upstream';
import {
  CompleteFluentBitSettings,
  DEFAULT_INCLUDE,
  headersOf,
  OWN_LABELS,
  networkOf,
  outputsOf,
} from './fluent-bit-config';
import { FluentBitLogs } from './fluent-bit-logs';
import { HeaderLimits, HEADERS, headersProblems, headerValueProblems, PLAIN_NAMES } from '../headers/header-problems';
import { FluentBitTarget } from './fluent-bit-output';
import { FluentBitFormat, FluentBitParser } from './fluent-bit-parser';
import { patternProblems } from './fluent-bit-pattern';

const LOGS = onlyFields(
  { source: SHARE },
  {
    include: listOf('patterns', text),
    exclude: listOf('patterns', text),
    parser: made('_lineFormat', 'a FluentBitParser, for instance FluentBitParser.json()'),
    entryStart: text,
    onlyNew: flag,
  },
);
const SETTINGS = fields(
  {
    logs: listOf('folders of files', LOGS),
    outputs: listOf(
      'FluentBitOutput',
      made('_destination', 'a FluentBitOutput, for instance FluentBitOutput.stdout()'),
    ),
  },
  { serviceName: text, fields: mapOf('strings', text), bufferSize: size, shutdownTimeout: duration, healthPort: port },
);

/** The arguments of the factories. */
const NETWORK = {
  tls: ofMode('a FluentBitTls, for instance FluentBitTls.plaintext()', 'verified', 'unverified', 'plaintext'),
  retries: wholeNumber(0, 1_000_000),
};
const HTTP = {
  ...NETWORK,
  headers: HEADERS,
  basicAuthSecret: objectName,
};
const HTTP_TARGET = fields({ url: text, options: onlyFields({}, HTTP) });
const TARGETS: Readonly<Record<FluentBitTarget['kind'], Shape>> = {
  stdout: fields({}),
  file: fields({
    share: SHARE,
    name: text,
    options: onlyFields({}, { maxSize: size, maxBackups: wholeNumber(1, 1000) }),
  }),
  otlpHttp: HTTP_TARGET,
  http: HTTP_TARGET,
  loki: fields({ url: text, options: onlyFields({}, { ...HTTP, tenant: text, labels: mapOf('strings', text) }) }),
  forward: fields({ host: text, options: onlyFields({}, { ...NETWORK, port, sharedKeySecret: objectName }) }),
};
const PARSER_OPTIONS = onlyFields({}, { timeField: text, timeFormat: text });
const PARSERS: Readonly<Record<FluentBitFormat['kind'], Shape>> = {
  json: fields({ options: PARSER_OPTIONS }),
  regex: fields({ pattern: text, options: PARSER_OPTIONS }),
};

/** All that is wrong with settings, a sentence each; none if Fluent Bit takes them as they are meant. */
export function fluentBitProblems(settings: CompleteFluentBitSettings): readonly string[] {
  const misshapen = SETTINGS(settings, '');
  if (misshapen.length > 0) {
    return misshapen;
  }
  const { logs, serviceName, fields: values = {}, shutdownTimeout, bufferSize } = settings;
  const outputs = outputsOf(settings);
  const parts = [
    ...outputs.flatMap((target, index) => TARGETS[target.kind](target, `outputs[${index}]`)),
    ...logs.flatMap(({ parser }, index) =>
      parser ? PARSERS[parser._lineFormat.kind](parser._lineFormat, `logs[${index}].parser`) : [],
    ),
  ];
  if (parts.length > 0) {
    return parts;
  }
  return [
    ...(logs.length === 0 ? ['logs is empty; give at least one folder of files'] : []),
    ...(outputs.length === 0 ? ['outputs is empty; give at least one FluentBitOutput'] : []),
    ...valueProblems('serviceName', serviceName),
    ...Object.entries(values).flatMap(([name, value]) => [
      ...valueProblems('the name of a field', name),
      ...valueProblems(`fields[${JSON.stringify(name)}]`, value),
      ...originProblem('fields', name, 'records get'),
    ]),
    ...secondsProblem('shutdownTimeout', shutdownTimeout, 1, 3600),
    // As many chunks as can be worked on at once, and not more than can be sent.
    ...mebibytesProblem('bufferSize', bufferSize, 8, MAX_COUNT),
    ...logs.flatMap((files, index) => logsProblems(files, `logs[${index}]`)),
    ...outputs.flatMap((target, index) => targetProblems(target, `outputs[${index}]`)),
    ...(outputs.some(({ kind }) => kind === 'loki')
      ? labelProblems('serviceName, which becomes a label for Loki,', serviceName)
      : []),
    ...twiceProblems(settings),
    ...loopProblems(
      outputs.filter((target) => target.kind === 'file'),
      logs.map(({ source, include }) => ({ share: source, include })),
    ),
  ];
}

/** What a pattern of files may have in it; a comma would begin another one, and brackets are not worth what can be wrong. */
const PATTERN = /^(?:[A-Za-z0-9._@+=~*?-]+\/)*[A-Za-z0-9._@+=~*?-]+$/;

function logsProblems({ source, include, exclude = [], parser, entryStart }: FluentBitLogs, where: string): string[] {
  return [
    ...folderProblem(source, 'Fluent Bit', OTHERS, ` of ${where}`),
    ...sourceProblem(where, source),
    ...(include?.length === 0 ? [`${where}.include is empty; give at least one pattern, or leave it out`] : []),
    ...excludeProblem(where, include ?? DEFAULT_INCLUDE, exclude),
    ...[...(include ?? []), ...exclude].flatMap((pattern) =>
      PATTERN.test(pattern) && !/(?:^|\/)\.{1,2}(?:\/|$)|\*\*/.test(pattern)
        ? []
        : [
            `the pattern ${shown(pattern)} of ${where} is no relative path of letters, digits, "*", "?" and "._@+=~-"; give ` +
              'one like "*.log", or one for each folder, "*/*.log"',
          ],
    ),
    ...(parser ? parserProblems(parser, `${where}.parser`) : []),
    ...(entryStart === undefined ? [] : textPatternProblems(`${where}.entryStart`, entryStart)),
  ];
}

function parserProblems({ _lineFormat: format }: FluentBitParser, where: string): string[] {
  const { timeField, timeFormat } = format.options;
  const pattern = format.kind === 'regex' ? format.pattern : undefined;
  const problems = pattern === undefined ? [] : textPatternProblems(`the pattern of ${where}`, pattern, true);
  if ((timeField === undefined) !== (timeFormat === undefined)) {
    problems.push(`${where} has only one of "timeField" and "timeFormat"; give both, or none`);
  }
  if (timeField !== undefined) {
    problems.push(...valueProblems(`timeField of ${where}`, timeField));
    if (pattern !== undefined && problems.length === 0 && !pattern.includes(`(?<${timeField}>`)) {
      problems.push(`timeField of ${where} is ${shown(timeField)}, which no group is called; name one so`);
    }
  }
  if (timeFormat !== undefined && !TIME_FORMAT.test(timeFormat)) {
    problems.push(
      `timeFormat of ${where} is ${shown(timeFormat)}; give the format of strptime, such as "%Y-%m-%dT%H:%M:%S.%L%z", with ` +
        'one "%L" at most',
    );
  }
  return problems;
}

/** Conversions that strptime has, and others' characters that mean themselves. */
const TIME_FORMAT = /^(?=.*%)(?!.*%L.*%L)(?:%[YymdeHIMSLzZsbBaApjDTFRf%]|[A-Za-z0-9 /:.,T_[\]()+-])+$/;

/** What a path may have in it besides letters, digits and slashes. */
const OTHERS = '._@+=~-';

function targetProblems(target: FluentBitTarget, where: string): string[] {
  switch (target.kind) {
    case 'stdout':
      return [];
    case 'file':
      return [
        ...fileProblems(target, 'Fluent Bit', OTHERS, ` of ${where}`),
        ...sizeProblem(`${where}.options.maxSize`, target.options.maxSize, 1024, 1024 * MAX_COUNT),
      ];
    case 'forward':
      return [...hostProblem(`the host of ${where}`, target.host), ...tlsProblems(target, where)];
    default:
      return [
        ...urlProblems(target, where),
        ...headersProblems(`of ${where}`, headersOf(target), HEADER_LIMITS, ownHeaders(target)),
        ...tlsProblems(target, where),
        ...(target.kind === 'loki' ? lokiProblems(target, where) : []),
      ];
  }
}

const PATH = /^\/[A-Za-z0-9\-._~/%]*(?:\?[A-Za-z0-9\-._~/%=&]*)?$/;

function urlProblems(
  { kind, url }: Exclude<FluentBitTarget, { kind: 'stdout' | 'file' | 'forward' }>,
  where: string,
): string[] {
  const [, origin = '', path = '/'] = /^(https?:\/\/[^/?#]*)(.*)$/.exec(url) ?? [];
  const upstream = upstreamOf(origin);
  if (!upstream || !PATH.test(path || '/') || (kind !== 'http' && path.includes('?'))) {
    return [
      `the URL of ${where} is ${shownUrl(url)}; give "http://" or "https://", a host, and perhaps a port and a ` +
        'path; what is secret goes into "headers" or "basicAuthSecret"',
    ];
  }
  return [
    ...hostProblem(`the host of ${where}`, upstream.host),
    ...rangeProblem(`the port of ${where}`, upstream.port, 1, 65535),
    ...(kind === 'http' ? [] : addedPathProblem(`the URL of ${where}`, url, kind)),
    ...secretParameters(path).map(
      (name) =>
        `the value of ${shown(name)} in the URL of ${where} would stand in a ConfigMap; give it in a header, by ` +
        'HeaderValue.fromSecret("secret", "key")',
    ),
  ];
}

/** What the client says itself. */
const RESERVED = /^(?:host|te|connection|transfer-encoding|content-(?:type|encoding|length)|user-agent)$/i;

const HEADER_LIMITS: HeaderLimits = {
  ...PLAIN_NAMES,
  reserved: (name) => (RESERVED.test(name) ? 'is what Fluent Bit says itself; leave it out' : undefined),
  valueProblems: asciiProblems,
};

/** The headers that other settings become. */
function ownHeaders(target: Exclude<FluentBitTarget, { kind: 'stdout' | 'file' | 'forward' }>): string[] {
  return [
    ...(target.kind === 'loki' && target.options.tenant !== undefined ? ['X-Scope-OrgID'] : []),
    ...(target.options.basicAuthSecret === undefined ? [] : ['Authorization']),
  ];
}

function lokiProblems(
  { options: { tenant, labels = {} } }: Extract<FluentBitTarget, { kind: 'loki' }>,
  where: string,
): string[] {
  return [
    ...(tenant === undefined ? [] : asciiProblems(`tenant of ${where}`, tenant)),
    ...Object.entries(labels).flatMap(([name, value]) => [
      ...(/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)
        ? []
        : [`the label ${shown(name)} of ${where} has no name of letters, digits and "_"`]),
      ...(OWN_LABELS.includes(name) ? [`the label ${shown(name)} of ${where} is there anyway; leave it out`] : []),
      ...labelProblems(`the label ${shown(name)} of ${where}`, value),
    ]),
  ];
}

const TLS_OPTIONS = onlyFields({}, { ...TLS_OBJECTS, serverName: kind('a DNS name or an IP address', isHost) });

function tlsProblems(target: FluentBitTarget, where: string): readonly string[] {
  const tls = networkOf(target)?.tls;
  if (!tls) {
    return [];
  }
  const misshapen = TLS_OPTIONS(tls._options, `tls of ${where}`);
  if (misshapen.length > 0) {
    return misshapen;
  }
  const { caSecret, caConfigMap, caKey } = tls._options;
  const { url = '' } = 'url' in target ? target : {};
  return [
    ...authorityProblems(`tls of ${where}`, { caSecret, caConfigMap }, { caKey }),
    ...schemeProblems(`the URL of ${where}`, url, tls._mode === 'plaintext'),
  ];
}

/** What would be sent twice, or be written to by two. */
function twiceProblems(settings: CompleteFluentBitSettings): string[] {
  const { logs, outputs } = settings;
  return [
    ...readTwiceProblems(
      logs.map(({ source, include = DEFAULT_INCLUDE }) => ({ share: source, names: include })),
      (files, one, other) =>
        `logs[${one}] and logs[${other}] both read ${files}, so each line would be sent twice; let one of them do`,
    ),
    ...(new Set(outputs).size < outputs.length ? ['outputs has the same one twice; give it once'] : []),
    ...(outputsOf(settings).filter(({ kind }) => kind === 'stdout').length > 1
      ? ['outputs has FluentBitOutput.stdout() twice; give it once']
      : []),
    ...writtenTwiceProblems(
      outputsOf(settings).filter((target) => target.kind === 'file'),
      'give each a file of its own',
    ),
  ];
}

/** What is nothing else in a list of labels. */
function labelProblems(what: string, value: string): string[] {
  return /^[A-Za-z0-9_.:/@+-]+$/.test(value) ? [] : [`${what} is ${shown(value)}; give letters, digits and "_.:/@+-"`];
}

/** Fluent Bit looks for variables in all of its settings, and there is no way to say that none is meant. */
const VARIABLE = '${';

function valueProblems(what: string, value: string): string[] {
  return /^[^\p{Cc}\p{Cs}\u2028\u2029]+$/u.test(value) && !value.includes(VARIABLE)
    ? []
    : [`${what} is ${shown(value)}; give text without control characters and "\${"`];
}

function asciiProblems(what: string, value: unknown, rest?: string): string[] {
  return typeof value === 'string' && value.includes(VARIABLE)
    ? [`${what} is ${shown(value)}, in which Fluent Bit looks for a variable; give it without "\${"`]
    : headerValueProblems(what, value, rest);
}

function textPatternProblems(what: string, pattern: string, named = false): string[] {
  return pattern.includes(VARIABLE)
    ? [`${what} is ${shown(pattern)}, in which Fluent Bit looks for a variable; write "[$]\\{"`]
    : patternProblems(what, pattern, named);
}
