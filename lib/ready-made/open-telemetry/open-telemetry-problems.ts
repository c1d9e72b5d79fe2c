import { SHARE } from '../../contributions/helper-shape';
import { addedPathProblem } from '../settings/added-path';
import { duplicates } from '../../values/duplicates';
import { hostAndPort, hostProblem, rangeProblem } from '../../values/address';
import { countProblem, durationProblem, MAX_COUNT, mebibytesProblem, portProblems, size } from '../settings/limits';
import {
  duration as durationShape,
  fields,
  flag,
  listOf,
  made,
  mapOf,
  named,
  object,
  ofMode,
  onlyFields,
  port as portShape,
  Shape,
  shown,
  text,
} from '../../values/shape';
import { HeaderLimits, HEADERS, headersProblems, headerValueProblems, PLAIN_NAMES } from '../headers/header-problems';
import {
  DEFAULT_INCLUDE,
  headersOf,
  inputsOf,
  listenersOf,
  outputsOf,
  pipelinesOf,
  tlsOf,
} from './open-telemetry-config';
import { Source } from './open-telemetry-input';
import { Target } from './open-telemetry-output';
import { OpenTelemetryPipeline, OpenTelemetrySettings } from './open-telemetry-settings';
import { Signal, SIGNALS } from './open-telemetry-statements';
import { OpenTelemetryTls } from './open-telemetry-tls';
import { Change } from './open-telemetry-transformation';
import { isOwnHost, listenAddressProblem } from '../settings/listen-address';
import { originProblem } from '../settings/pod-fields';
import { compiledRe2 } from '../settings/re2';
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

const PIPELINE = onlyFields(
  {
    inputs: listOf(
      'OpenTelemetryInput',
      made('_source', 'an OpenTelemetryInput, for instance OpenTelemetryInput.otlp()'),
    ),
    outputs: listOf(
      'OpenTelemetryOutput',
      made('_target', 'an OpenTelemetryOutput, for instance OpenTelemetryOutput.stdout()'),
    ),
  },
  {
    transformations: listOf(
      'OpenTelemetryTransformation',
      made('_change', 'an OpenTelemetryTransformation, for instance OpenTelemetryTransformation.parseJson()'),
    ),
  },
);
const SETTINGS = fields(
  {},
  {
    ...Object.fromEntries(SIGNALS.map((signal) => [signal, listOf('pipelines', PIPELINE)])),
    serviceName: text,
    resourceAttributes: mapOf('strings', text),
  },
);

/** The arguments of the factories. */
const SOURCES: Readonly<Record<Source['kind'], Shape>> = {
  files: fields(
    {
      share: SHARE,
      options: onlyFields(
        {},
        { include: listOf('patterns', text), exclude: listOf('patterns', text), entryStart: text, onlyNew: flag },
      ),
    },
    {},
  ),
  otlp: fields({ options: onlyFields({}, { ...named('grpcPort', 'httpPort'), listenAddress: text }) }),
  scrape: fields({
    options: onlyFields(
      { port: portShape },
      { path: text, interval: durationShape, timeout: durationShape, job: text },
    ),
  }),
};
const TLS = ofMode(
  'an OpenTelemetryTls, for instance OpenTelemetryTls.plaintext()',
  'verified',
  'unverified',
  'plaintext',
);
const TLS_OPTIONS = onlyFields({}, { ...TLS_OBJECTS, ...named('serverName') });
const SENDING = {
  headers: HEADERS,
  tls: TLS,
};
const TARGETS: Readonly<Record<Target['kind'], Shape>> = {
  otlp: fields({ endpoint: text, options: onlyFields({}, SENDING) }),
  otlpHttp: fields({ url: text, options: onlyFields({}, SENDING) }),
  loki: fields({ url: text, options: onlyFields({}, { ...SENDING, tenant: text }) }),
  file: fields({ share: SHARE, name: text, options: onlyFields({}, { maxSize: size, ...named('maxBackups') }) }),
  stdout: object,
};
const PARSING = onlyFields({}, { message: text, keepBody: flag });
const CHANGES: Readonly<Record<Change['kind'], Shape>> = {
  parseJson: fields({ options: PARSING }),
  parseRegex: fields({ pattern: text, options: PARSING }),
  rename: fields({ attribute: text, newName: text }),
  drop: fields({ attribute: text }),
  hash: fields({ attribute: text }),
  severity: fields({ attribute: text }),
  dropMatching: fields({ attribute: text, pattern: text }),
};

/** All that is wrong with settings, a sentence each; none if the collector takes them as they are meant. */
export function openTelemetryProblems(settings: OpenTelemetrySettings): readonly string[] {
  const misshapen = SETTINGS(settings, '');
  if (misshapen.length > 0) {
    return misshapen;
  }
  const parts = pipelinesOf(settings).flatMap(({ name, pipeline }) => [
    ...pipeline.inputs.flatMap(({ _source }, index) => SOURCES[_source.kind](_source, `${name}.inputs[${index}]`)),
    ...pipeline.outputs.flatMap(({ _target }, index) => TARGETS[_target.kind](_target, `${name}.outputs[${index}]`)),
    ...(pipeline.transformations ?? []).flatMap(({ _change }, index) =>
      CHANGES[_change.kind](_change, `${name}.transformations[${index}]`),
    ),
  ]);
  if (parts.length > 0) {
    return [...new Set(parts)];
  }
  const problems = [
    ...namesProblems(settings),
    ...SIGNALS.flatMap((signal) => repeated(settings[signal] ?? [], signal)),
    ...pipelinesOf(settings).flatMap(({ signal, name, pipeline }) => pipelineProblems(signal, name, pipeline)),
    ...inputsOf(settings).flatMap(({ _source: source }) => sourceProblems(source)),
    ...outputsOf(settings).flatMap(({ _target: target }) => targetProblems(target)),
    ...listenerProblems(settings),
    ...selfProblems(settings),
    ...twiceProblems(settings),
    ...loopProblems(
      outputsOf(settings).flatMap(({ _target: target }) => (target.kind === 'file' ? [target] : [])),
      inputsOf(settings).flatMap(({ _source: source }) =>
        source.kind === 'files' ? [{ share: source.share, include: source.options.include }] : [],
      ),
    ),
  ];
  if (pipelinesOf(settings).length === 0) {
    problems.push('there is no pipeline; give at least one in "logs", "metrics" or "traces"');
  }
  return problems;
}

function namesProblems(settings: OpenTelemetrySettings): string[] {
  const { serviceName, resourceAttributes = {} } = settings;
  const isScraped = inputsOf(settings).some(({ _source }) => _source.kind === 'scrape');
  const isJob = inputsOf(settings).some(({ _source: { kind: of, options } }) => of === 'scrape' && !options.job);
  return [
    ...(serviceName === undefined ? [] : textProblem('serviceName', serviceName)),
    ...(isJob && serviceName !== undefined ? jobProblem('serviceName', serviceName) : []),
    ...Object.entries(resourceAttributes).flatMap(([name, value]) => [
      ...textProblem('the name of a resource attribute', name),
      ...textProblem(`resourceAttributes[${JSON.stringify(name)}]`, value),
      ...originProblem('resourceAttributes', name, 'all data gets'),
    ]),
    ...(isScraped && Object.hasOwn(resourceAttributes, 'service.instance.id')
      ? [
          'resourceAttributes has "service.instance.id", by which what is scraped of two pods is told apart; leave it out',
        ]
      : []),
  ];
}

const PARSED = { signal: 'logs', what: 'only entries of logs are parsed' } as const;
const ONLY_FOR: Readonly<Record<string, { readonly signal: Signal; readonly what: string }>> = {
  files: { signal: 'logs', what: 'files are read as logs' },
  scrape: { signal: 'metrics', what: 'what is scraped are metrics' },
  loki: { signal: 'logs', what: 'Loki takes logs' },
  parseJson: PARSED,
  parseRegex: PARSED,
  severity: { signal: 'logs', what: 'only entries of logs have a severity' },
};

function pipelineProblems(signal: Signal, name: string, pipeline: OpenTelemetryPipeline): string[] {
  const { inputs, outputs, transformations = [] } = pipeline;
  const parts = [
    ...inputs.map(({ _source }, index) => ({ kind: _source.kind, where: `${name}.inputs[${index}]` })),
    ...outputs.map(({ _target }, index) => ({ kind: _target.kind, where: `${name}.outputs[${index}]` })),
    ...transformations.map(({ _change }, index) => ({
      kind: _change.kind,
      where: `${name}.transformations[${index}]`,
    })),
  ];
  return [
    ...(inputs.length === 0 ? [`${name}.inputs is empty; give at least one OpenTelemetryInput`] : []),
    ...(outputs.length === 0 ? [`${name}.outputs is empty; give at least one OpenTelemetryOutput`] : []),
    ...repeated(inputs, `${name}.inputs`),
    ...repeated(outputs, `${name}.outputs`),
    ...(new Set(outputs.filter(({ _target }) => _target.kind === 'stdout')).size > 1
      ? [`${name}.outputs has OpenTelemetryOutput.stdout() twice; give it once`]
      : []),
    ...parts.flatMap(({ kind: partKind, where }) => {
      const only = (ONLY_FOR as Partial<typeof ONLY_FOR>)[partKind];
      return only && only.signal !== signal
        ? [`${where} is of the wrong kind: ${only.what}; give it to a pipeline in "${only.signal}"`]
        : [];
    }),
    ...transformations.flatMap(({ _change }, index) => changeProblems(`${name}.transformations[${index}]`, _change)),
  ];
}

function repeated(list: readonly object[], what: string): string[] {
  return new Set(list).size < list.length ? [`${what} has the same one twice; give it once`] : [];
}

function changeProblems(where: string, change: Change): string[] {
  const problems: string[] = [];
  if ('attribute' in change) {
    problems.push(...textProblem(`the attribute of ${where}`, change.attribute));
  }
  if (change.kind === 'rename') {
    problems.push(...textProblem(`the new name of ${where}`, change.newName));
    if (change.newName === change.attribute) {
      problems.push(
        `${where} renames ${JSON.stringify(change.attribute)} to itself; give another name or leave it out`,
      );
    }
  }
  if (change.kind === 'dropMatching') {
    problems.push(...patternProblem(`the pattern of ${where}`, change.pattern));
  }
  if (change.kind === 'parseJson' || change.kind === 'parseRegex') {
    const { message, keepBody } = change.options;
    if (message !== undefined) {
      problems.push(...textProblem(`message of ${where}`, message));
    }
    if (message !== undefined && keepBody) {
      problems.push(`${where} has both "message", which becomes the body, and "keepBody"; leave out one of them`);
    }
    if (change.kind === 'parseRegex') {
      problems.push(...patternProblem(`the pattern of ${where}`, change.pattern, true));
    }
  }
  return problems;
}

/** What a pattern of files may have in it; brackets and braces are not worth what can be wrong with them. */
const FILES = /^(?:[A-Za-z0-9._@+=,~ *?-]+\/)*[A-Za-z0-9._@+=,~ *?-]+$/;
/** What the path of a folder may have in it besides letters, digits and slashes. */
const OTHERS = '._@+=,~- ';
const PATH = /^\/[A-Za-z0-9\-._~!&()*+,;=:@/%]*$/;

function sourceProblems(source: Source): string[] {
  switch (source.kind) {
    case 'files': {
      const { include, exclude, entryStart } = source.options;
      return [
        ...folderProblem(source.share, 'the collector', OTHERS),
        ...sourceProblem('OpenTelemetryInput.files()', source.share),
        ...(include?.length === 0 ? ['include of files is empty; give at least one pattern or leave it out'] : []),
        ...excludeProblem('files', include ?? DEFAULT_INCLUDE, exclude),
        ...[...(include ?? []), ...(exclude ?? [])].flatMap((pattern) =>
          FILES.test(pattern) && !/(?:^|\/)\.{1,2}(?:\/|$)/.test(pattern) && !/[^/]\*\*|\*\*[^/]/.test(pattern)
            ? []
            : [
                `the pattern ${shown(pattern)} of files is no relative path of letters, digits, spaces, "*", "?" and ` +
                  '"._@+=,~-", with "**" for whole folders; give one like "*.log" or "**/*.log"',
              ],
        ),
        ...(entryStart === undefined ? [] : patternProblem('entryStart', entryStart)),
      ];
    }
    case 'otlp': {
      const { listenAddress } = source.options;
      return listenAddress === undefined ? [] : listenAddressProblem(listenAddress);
    }
    case 'scrape': {
      const { path, interval, timeout, job } = source.options;
      const problems = [
        ...durationProblem('interval of a scrape', interval, 1000),
        ...durationProblem('timeout of a scrape', timeout),
        ...(job === undefined ? [] : [...textProblem('job', job), ...jobProblem('job', job)]),
      ];
      if (path !== undefined && !PATH.test(path)) {
        problems.push(
          `path to scrape is ${shownUrl(path)}; give the path of a URL, which starts with "/" and has anything unusual in ` +
            'it percent-encoded',
        );
      }
      if (problems.length === 0 && timeout && timeout.toMilliseconds() > (interval?.toMilliseconds() ?? 30_000)) {
        problems.push(
          `timeout of a scrape is ${timeout.toMilliseconds()} ms, more than the interval of ` +
            `${interval?.toMilliseconds() ?? 30_000} ms; make it shorter`,
        );
      }
      return problems;
    }
  }
}

function targetProblems(target: Target): string[] {
  switch (target.kind) {
    case 'stdout':
      return [];
    case 'file':
      return [
        ...fileProblems(target, 'the collector', OTHERS),
        ...mebibytesProblem('maxSize', target.options.maxSize, 1, MAX_COUNT),
        ...countProblem('maxBackups', target.options.maxBackups, 1, 1000),
      ];
    case 'otlp':
      return [...endpointProblem(target.endpoint), ...sendingProblems(target, target.endpoint)];
    case 'otlpHttp':
    case 'loki':
      return [
        ...urlProblem(target.url),
        ...addedPathProblem('the URL', target.url, target.kind),
        ...(target.kind === 'loki' && target.options.tenant !== undefined
          ? headerValueProblems('tenant', target.options.tenant)
          : []),
        ...sendingProblems(target, target.url),
      ];
  }
}

function endpointProblem(endpoint: string): string[] {
  const match = /^(?:\[(?<six>[^\]]*)\]|(?<host>[^:[\]]*)):(?<port>[0-9]{1,5})$/.exec(endpoint);
  const host = match?.groups?.six ?? match?.groups?.host;
  return match && Number(match.groups?.port) >= 1 && hostAndPort(host ?? '', Number(match.groups?.port)) === endpoint
    ? [
        ...hostProblem(`the host of ${shownUrl(endpoint)}`, host),
        ...rangeProblem(`the port of ${shownUrl(endpoint)}`, Number(match.groups?.port), 1, 65535),
      ]
    : [`the endpoint ${shownUrl(endpoint)} is no host and port; give it like "gateway.observability:4317"`];
}

const URL_SYNTAX = /^(https?):\/\/(\[[^\]/]*\]|[^:/?#@[\]]*)(?::([0-9]{1,5}))?(\/[A-Za-z0-9\-._~/]*)?$/;

function urlProblem(url: string): string[] {
  const match = URL_SYNTAX.exec(url);
  if (!match) {
    return [
      `the URL ${shownUrl(url)} is none of "http://" or "https://", a host, and perhaps a port and a path; what is secret ` +
        'goes into a header by HeaderValue.fromSecret(…)',
    ];
  }
  const host = match[2].startsWith('[') ? match[2].slice(1, -1) : match[2];
  return [
    ...hostProblem(`the host of ${shownUrl(url)}`, host),
    ...((match[3] as string | undefined) === undefined
      ? []
      : rangeProblem(`the port of ${shownUrl(url)}`, Number(match[3]), 1, 65535)),
  ];
}

/** What the protocol has to say itself. */
const RESERVED =
  /^(?:grpc-.*|.*-bin|host|te|connection|transfer-encoding|content-(?:type|encoding|length)|user-agent)$/i;

const HEADER_LIMITS: HeaderLimits = {
  ...PLAIN_NAMES,
  reserved: (name) => (RESERVED.test(name) ? 'is what the protocol says itself; leave it out' : undefined),
  valueProblems: headerValueProblems,
};

function sendingProblems(target: Target, to: string): string[] {
  const own = target.kind === 'loki' && target.options.tenant !== undefined ? ['X-Scope-OrgID'] : [];
  return [
    ...headersProblems(`to ${shownUrl(to)}`, headersOf(target), HEADER_LIMITS, own),
    ...tlsProblems(tlsOf(target), to),
  ];
}

function tlsProblems(tls: OpenTelemetryTls | undefined, to: string): string[] {
  if (!tls) {
    return [];
  }
  const misshapen = TLS_OPTIONS(tls._options, `tls for ${shownUrl(to)}: options`);
  if (misshapen.length > 0) {
    return [...misshapen];
  }
  const { caSecret, caConfigMap, caKey, serverName } = tls._options;
  return [
    ...schemeProblems('the URL', to, tls._mode === 'plaintext'),
    ...authorityProblems(`tls for ${shownUrl(to)}`, { caSecret, caConfigMap }, { caKey }),
    ...(serverName === undefined ? [] : hostProblem(`serverName for ${shownUrl(to)}`, serverName)),
  ];
}

function listenerProblems(settings: OpenTelemetrySettings): string[] {
  const listeners = listenersOf(settings);
  const known = new Map(listeners.map((listener) => [`${listener.what} ${listener.port}`, listener]));
  const problems = portProblems([...known.values()].map(({ what, port }) => [what, port]));
  for (const { what, port } of known.values()) {
    const { length } = listeners.filter((listener) => listener.what === what && listener.port === port);
    if (length > 1) {
      problems.push(
        `${length} of OpenTelemetryInput.otlp() have "${what}" ${port}; give all pipelines the same one, or each a ` +
          'port of its own',
      );
    }
  }
  for (const { _source: source } of inputsOf(settings)) {
    const own = source.kind === 'scrape' && listeners.find(({ port }) => port === source.options.port);
    if (own && own.what !== 'metricsPort') {
      problems.push(
        `port ${own.port} to scrape is the collector's own "${own.what}"; give that of a process with metrics`,
      );
    }
  }
  return problems;
}

/** What goes out and comes in again, without end. */
function selfProblems(settings: OpenTelemetrySettings): string[] {
  const ports = listenersOf(settings).map(({ port }) => port);
  return outputsOf(settings).flatMap(({ _target: target }) => {
    const to = 'endpoint' in target ? target.endpoint : 'url' in target ? target.url : '';
    const origin = 'endpoint' in target ? `http://${to}` : to.replace(/^(https?:\/\/[^/]*).*$/, '$1');
    const upstream = upstreamOf(origin);
    return upstream && isOwnHost(upstream.host) && ports.includes(upstream.port)
      ? [
          `the output to ${shownUrl(to)} is the collector itself, which listens there; say where the other side is, or give ` +
            'the collector other ports',
        ]
      : [];
  });
}

/** What would be sent twice, or be written to by two. */
function twiceProblems(settings: OpenTelemetrySettings): string[] {
  const scraped = inputsOf(settings).flatMap(({ _source: source }) =>
    source.kind === 'scrape' ? [`${source.options.port}${source.options.path ?? '/metrics'}`] : [],
  );
  return [
    ...readTwiceProblems(filesOf(settings), (files) => `two inputs read ${files}; ${ONE_INPUT}`),
    ...duplicates(scraped).map((one) => `two inputs scrape localhost:${one}; ${ONE_INPUT}`),
    ...writtenTwiceProblems(
      outputsOf(settings).flatMap(({ _target: target }) => (target.kind === 'file' ? [target] : [])),
      'make one OpenTelemetryOutput and give it to each pipeline',
    ),
  ];
}

const ONE_INPUT = 'make one OpenTelemetryInput and give it to each pipeline';

/** What is read of files: the same entries of them once, and others for another output. */
function filesOf(settings: OpenTelemetrySettings): Parameters<typeof readTwiceProblems>[0] {
  return inputsOf(settings).flatMap((input) => {
    const { _source: source } = input;
    if (source.kind !== 'files') {
      return [];
    }
    const { include: names = DEFAULT_INCLUDE, entryStart } = source.options;
    const pipelines = pipelinesOf(settings).filter(({ pipeline }) => pipeline.inputs.includes(input));
    return [
      { share: source.share, names, groups: [entryStart, ...pipelines.flatMap(({ pipeline }) => pipeline.outputs)] },
    ];
  });
}

/** The receiver writes its settings down as YAML once more, `job_name: ? a`, which is something else. */
function jobProblem(what: string, value: string): string[] {
  return /^\?(?: |$)/.test(value)
    ? [`${what} is ${shown(value)}, which the receiver for Prometheus does not take as a job; begin it with no "?"`]
    : [];
}

function textProblem(what: string, value: unknown): string[] {
  return typeof value === 'string' && value !== '' && /^[^\p{Cc}\p{Cs}\u2028\u2029]+$/u.test(value)
    ? []
    : [`${what} is ${shown(value)}; give text without control characters`];
}

function patternProblem(what: string, pattern: unknown, named = false): string[] {
  if (typeof pattern !== 'string' || pattern === '') {
    return [`${what} is ${shown(pattern)}; give a regular expression`];
  }
  if (/[\p{Cs}]/u.test(pattern)) {
    return [`${what} is ${shown(pattern)}, which is no text of Unicode`];
  }
  const compiled = compiledRe2(pattern);
  if (typeof compiled === 'string') {
    // Go takes them, and the collector keeps what the last one has matched, even where that is nothing.
    const [, twice] = /duplicate capture group name: `(.*)`$/.exec(compiled) ?? [];
    if (twice) {
      return [`${what} is ${shown(pattern)}, which names two groups "${twice}"; give each a name of its own`];
    }
    return [`${what} is ${shown(pattern)}, which RE2 does not take: ${compiled}`];
  }
  return named && Object.keys(compiled.namedGroups()).length === 0
    ? [`${what} is ${shown(pattern)}, which has no named group; name what becomes an attribute: "(?P<level>[A-Z]+)"`]
    : [];
}
