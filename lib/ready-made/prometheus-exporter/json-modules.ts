import { stringify } from 'yaml';
import { entriesOf } from '../../values/given-order';
import { SECRET_HEADER, secretParameters } from '../settings/secret-header';
import {
  dataKey,
  enumOf,
  kind,
  listOf,
  made,
  mapOf,
  nested,
  notEmpty,
  objectName,
  onlyFields,
  optionsOf,
  port,
  Shape,
  wholeNumber,
} from '../../values/shape';
import { headersGivenTwice } from '../headers/header-problems';
import { URL_PATH } from './exporter';
import { matching, pathOf, SecretFile, secretFile, SECRET_KEY, TLS, tlsFilesOf } from './exporter-secrets';
import { JsonAuthorization } from './json-authorization';
import { METRIC_NAME } from './metric-shapes';
import { JsonMetric, JsonModule, JsonValueType } from './json-exporter-props';
import { JsonPath, JsonPathText, parseJsonPath } from './json-path';

const DEFAULT_NAME = 'default';
const DEFAULT_PORT = 8080;

const LABEL_NAME = /^(?!__)[a-zA-Z_][a-zA-Z0-9_]*$/;
const HEADER_NAME = /^[-!#$%&'*+.^_`|~0-9A-Za-z]+$/;
const HEADER_VALUE = /^(?:[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?)?$/;
/** What the exporter's HTTP client says by itself, or leaves out. */
const OWN_HEADERS =
  /^(?:host|content-length|transfer-encoding|trailer|connection|keep-alive|te|upgrade|accept-encoding|proxy-.*)$/i;
/** Headers that the exporter takes from no file. */
const NOT_FROM_FILES =
  /^(?:content-encoding|content-type|user-agent|www-authenticate|x-prometheus-.*|x-amz-(?:date|security-token|content-sha256))$/i;
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,2})?$/;
/** A JSONPath whose braces were forgotten. */
const BARE_PATH = /^[@$]?\.[a-zA-Z_]/;

/** What the file can hold, and an answer to Prometheus. */
const plain = kind(
  'a text without control characters',
  (value) => typeof value === 'string' && !/\p{Cc}|\p{Cs}/u.test(value),
);

const AUTHORIZATION: Shape = nested(
  made('_bearer', 'JsonAuthorization.bearer({ name, key }) or JsonAuthorization.basic({ secret })'),
  (value, path) => {
    const { _bearer, _basic } = value as JsonAuthorization;
    return _basic ? BASIC(_basic, path) : BEARER(_bearer, path);
  },
);
const BEARER = optionsOf(SECRET_KEY);
const BASIC = optionsOf(onlyFields({ secret: objectName }, { usernameKey: dataKey, passwordKey: dataKey }));

const METRIC = onlyFields(
  {
    name: METRIC_NAME,
    path: plain,
  },
  {
    help: nested(
      plain,
      kind('a text that is not empty', (value) => value !== ''),
    ),
    labels: mapOf('texts', plain),
    values: notEmpty(mapOf('JSONPaths', plain), 'value'),
    valueType: enumOf('JsonValueType', JsonValueType),
  },
);

export const JSON_MODULES: Shape = notEmpty(
  listOf(
    'modules',
    onlyFields(
      { metrics: notEmpty(listOf('metrics', METRIC), 'metric') },
      {
        name: matching(/^[a-zA-Z0-9_-]{1,63}$/, 'a name of letters, digits, "_" and "-"'),
        port,
        path: URL_PATH,
        headers: mapOf('values', matching(HEADER_VALUE, 'printable ASCII, without blanks around it')),
        secretHeaders: mapOf('keys of Secrets', SECRET_KEY),
        authorization: AUTHORIZATION,
        body: nested(
          kind('a text', (value) => typeof value === 'string' && !/[^\P{Cc}\n\t]|\p{Cs}/u.test(value)),
          kind('a text that is not empty', (value) => value !== ''),
        ),
        statuses: notEmpty(listOf('statuses', wholeNumber(200, 599)), 'status'),
        tls: TLS,
      },
    ),
  ),
  'module',
);

/** All that is wrong with modules of the right types: what the exporter refuses at each scrape, or takes otherwise. */
export function jsonModuleProblems(modules: readonly JsonModule[]): string[] {
  return modules.flatMap((module, index) => {
    const path = `modules[${index}]`;
    const { name = DEFAULT_NAME, metrics } = module;
    const isTaken = modules.slice(0, index).some((other) => (other.name ?? DEFAULT_NAME) === name);
    return [
      ...(isTaken ? [`${path} is called ${JSON.stringify(name)}, as one before it; give it another name`] : []),
      ...secretParameters(module.path ?? '').map(
        (parameter) =>
          `${path}.path has ${JSON.stringify(parameter)}, whose value would stand in a manifest; give it in ` +
          '"secretHeaders" or "authorization"',
      ),
      ...headerProblems(module, path),
      ...metrics.flatMap((metric, at) => metricProblems(metric, `${path}.metrics[${at}]`)),
      ...seriesProblems(metrics, path),
    ];
  });
}

function headerProblems({ headers = {}, secretHeaders = {}, authorization }: JsonModule, path: string): string[] {
  const own = authorization ? ['authorization'] : [];
  const problemsOf = (of: string, name: string): string[] => {
    const what = `${path}.${of} has ${JSON.stringify(name)}`;
    if (!HEADER_NAME.test(name)) {
      return [`${what}, which is no name of a header`];
    }
    if (name.toLowerCase() === 'authorization') {
      return [`${what}; give "authorization", which takes it from a Secret`];
    }
    if (OWN_HEADERS.test(name)) {
      return [`${what}, which the exporter sends as it has to; leave it out`];
    }
    const isSecret = SECRET_HEADER.test(name);
    const isFromFiles = !NOT_FROM_FILES.test(name);
    if (of === 'headers') {
      const advice = isFromFiles ? 'give it in "secretHeaders"' : 'leave it out';
      return isSecret ? [`${what}, which would stand in a ConfigMap; ${advice}`] : [];
    }
    const advice = isSecret ? 'leave it out' : 'leave it out, or give it in "headers"';
    return isFromFiles ? [] : [`${what}, which the exporter takes from no Secret; ${advice}`];
  };
  return [
    ...Object.keys(headers).flatMap((name) => problemsOf('headers', name)),
    ...Object.keys(secretHeaders).flatMap((name) => problemsOf('secretHeaders', name)),
    ...headersGivenTwice(`of ${path}`, [...own, ...Object.keys(headers), ...Object.keys(secretHeaders)]),
  ];
}

function metricProblems({ path, labels = {}, values }: JsonMetric, at: string): string[] {
  return [
    ...(values ? pathProblems(`${at}.path`, path, 'objects') : pathProblems(`${at}.path`, path, 'number')),
    ...Object.entries(labels).flatMap(([label, value]) => [
      ...(LABEL_NAME.test(label)
        ? []
        : [
            `${at}.labels has ${JSON.stringify(label)}; give letters, digits and "_", beginning with no digit and no "__"`,
          ]),
      ...pathProblems(`${at}.labels[${JSON.stringify(label)}]`, value, 'text'),
    ]),
    ...Object.entries(values ?? {}).flatMap(([name, value]) => [
      ...(/^[a-zA-Z0-9_]+$/.test(name)
        ? []
        : [`${at}.values has ${JSON.stringify(name)}; give letters, digits and "_"`]),
      ...pathProblems(`${at}.values[${JSON.stringify(name)}]`, value, 'number'),
    ]),
  ];
}

/** What is wrong with a text in which a number, objects or a text are looked for. */
function pathProblems(what: string, value: string, wanted: 'number' | 'objects' | 'text'): string[] {
  const problem = (rest: string): string[] => [`${what} is ${JSON.stringify(value)}; ${rest}`];
  let parsed: JsonPathText;
  try {
    parsed = parseJsonPath(value);
  } catch (error) {
    return problem(`give a JSONPath in braces: ${(error as Error).message}`);
  }
  const { parts } = parsed;
  const [first] = parts;
  if (wanted === 'text') {
    const wrong = wordProblem(parts);
    return wrong === undefined
      ? BARE_PATH.test(value) && parts.length === 1
        ? problem(`that is no JSONPath without braces; write "{${value}}"`)
        : []
      : problem(wrong);
  }
  if (wanted === 'number' && parts.length === 1 && typeof first === 'string' && NUMBER.test(first)) {
    return [];
  }
  if (parts.length !== 1 || typeof first === 'string') {
    return problem(`give one JSONPath in braces and nothing around it${wanted === 'number' ? ', or a number' : ''}`);
  }
  const word = first.find((node) => node.kind === 'identifier');
  const last = first.at(-1);
  if (word) {
    return problem(`"${word.text}" is nothing that is looked for; write "{.${word.text}}"`);
  }
  return last?.kind === 'text' && !(wanted === 'number' && NUMBER.test(last.text))
    ? problem(`that is always the text ${JSON.stringify(last.text)}`)
    : [];
}

/** What is wrong with the words of a text: loops are all that there is. */
function wordProblem(parts: readonly (string | JsonPath)[]): string | undefined {
  let depth = 0;
  for (const part of parts) {
    const words =
      typeof part === 'string' ? [] : part.flatMap((node) => (node.kind === 'identifier' ? [node.text] : []));
    const unknown = words.find((word) => word !== 'range' && word !== 'end');
    if (unknown !== undefined) {
      return `"${unknown}" is nothing that is looked for; write "{.${unknown}}"`;
    }
    if (words.length > 1) {
      return `write each "range" and "end" alone in its braces`;
    }
    if (words[0] === 'end' && depth === 0) {
      return '"end" ends no "range"';
    }
    depth += words[0] === 'range' ? 1 : words[0] === 'end' ? -1 : 0;
  }
  return depth > 0 ? '"range" has no "{end}"' : undefined;
}

/** What is wrong with metrics beside those before them: each would make every scrape of the module fail. */
function seriesProblems(metrics: readonly JsonMetric[], path: string): string[] {
  const known: { readonly series: string; readonly metric: JsonMetric }[] = [];
  return metrics.flatMap((metric, index) =>
    namesOf(metric).flatMap((series) => {
      const before = known.filter((other) => other.series === series).map((other) => other.metric);
      known.push({ series, metric });
      const what = `${path}.metrics[${index}] makes ${JSON.stringify(series)}`;
      const differing = before
        .map((other) => differenceOf(metric, other))
        .find((difference) => difference !== undefined);
      if (differing !== undefined) {
        return [`${what} with ${differing} than a metric before it; give it another name, or both the same`];
      }
      return before.some((other) => isSameSeries(metric, other))
        ? [`${what} with the same labels as a metric before it; give them labels that differ`]
        : [];
    }),
  );
}

function namesOf({ name, values }: JsonMetric): string[] {
  return values ? Object.keys(values).map((value) => `${name}_${value}`) : [name];
}

function differenceOf(metric: JsonMetric, other: JsonMetric): string | undefined {
  const labelsOf = ({ labels = {} }: JsonMetric): string => Object.keys(labels).sort().join();
  const helpOf = ({ help, name }: JsonMetric): string => help ?? name;
  const typeOf = ({ valueType = JsonValueType.UNTYPED }: JsonMetric): string => valueType;
  return labelsOf(metric) !== labelsOf(other)
    ? 'other labels'
    : helpOf(metric) !== helpOf(other)
      ? 'another help'
      : typeOf(metric) !== typeOf(other)
        ? 'another type'
        : undefined;
}

/** Whether two metrics of a name cannot but have labels of the same values. */
function isSameSeries(metric: JsonMetric, other: JsonMetric): boolean {
  const labelsOf = ({ labels = {} }: JsonMetric): string => JSON.stringify(Object.entries(labels).sort());
  const isConstant = !Object.values(metric.labels ?? {}).some((value) => value.includes('{'));
  const lookAtTheSame = metric.values === undefined && other.values === undefined;
  return labelsOf(metric) === labelsOf(other) && (isConstant || lookAtTheSame || metric.path === other.path);
}

export function targetOf({ port: number = DEFAULT_PORT, path = '/', tls }: JsonModule): string {
  return `${tls ? 'https' : 'http'}://127.0.0.1:${number}${path}`;
}

export function portOf({ port: number = DEFAULT_PORT }: JsonModule): number {
  return number;
}

export function nameOf({ name = DEFAULT_NAME }: JsonModule): string {
  return name;
}

export function jsonSecretFiles({ secretHeaders = {}, authorization, tls }: JsonModule): (SecretFile | undefined)[] {
  const { bearer, username, password } = authorizationFiles(authorization);
  const { ca, certificate, key } = tlsFilesOf(tls);
  return [
    ...entriesOf(secretHeaders).map(([, key]) => secretFile(key)),
    bearer,
    username,
    password,
    ca,
    certificate,
    key,
  ];
}

function authorizationFiles({ _bearer, _basic }: Partial<JsonAuthorization> = {}): {
  readonly bearer?: SecretFile;
  readonly username?: SecretFile;
  readonly password?: SecretFile;
} {
  if (_basic) {
    const { secret, usernameKey = 'username', passwordKey = 'password' } = _basic;
    const file = (key: string): SecretFile => ({ kind: 'secret', name: secret, key });
    return { username: file(usernameKey), password: file(passwordKey) };
  }
  return { bearer: _bearer && secretFile(_bearer) };
}

/** The modules as the exporter reads them. */
export function renderJsonModules(modules: readonly JsonModule[]): string {
  return stringify(
    { modules: Object.fromEntries(modules.map((module) => [nameOf(module), rendered(module)])) },
    // Its YAML is one of 1.1, in which many a plain text is no text.
    { version: '1.1', defaultStringType: 'QUOTE_DOUBLE', defaultKeyType: 'PLAIN', lineWidth: 0 },
  );
}

function rendered(module: JsonModule): object {
  const { headers = {}, secretHeaders = {}, body, statuses, metrics, tls, authorization } = module;
  const { bearer, username, password } = authorizationFiles(authorization);
  return {
    ...(Object.keys(headers).length > 0 && { headers: Object.fromEntries(entriesOf(headers)) }),
    http_client_config: {
      // By itself it follows them or not, depending on whether anything else stands here.
      follow_redirects: false,
      ...(bearer && { authorization: { type: 'Bearer', credentials_file: pathOf(bearer) } }),
      ...(username && password && { basic_auth: { username_file: pathOf(username), password_file: pathOf(password) } }),
      ...(Object.keys(secretHeaders).length > 0 && {
        http_headers: Object.fromEntries(
          entriesOf(secretHeaders).map(([name, key]) => [name, { files: [pathOf(secretFile(key))] }]),
        ),
      }),
      ...(tls && { tls_config: renderedTls(tls) }),
    },
    ...(body !== undefined && { body: { content: body } }),
    ...(statuses && { valid_status_codes: statuses }),
    metrics: metrics.map(renderedMetric),
  };
}

function renderedTls(tls: NonNullable<JsonModule['tls']>): object {
  const { ca, certificate, key } = tlsFilesOf(tls);
  const { serverName } = tls._options;
  return {
    ...(serverName === undefined ? { insecure_skip_verify: true } : { server_name: serverName }),
    ...(ca && { ca_file: pathOf(ca) }),
    ...(certificate && key && { cert_file: pathOf(certificate), key_file: pathOf(key) }),
  };
}

function renderedMetric({ name, path, help, labels = {}, values, valueType }: JsonMetric): object {
  return {
    name,
    ...(values && { type: 'object' }),
    path,
    ...(help !== undefined && { help }),
    ...(valueType && { valuetype: valueType }),
    ...(Object.keys(labels).length > 0 && { labels: Object.fromEntries(entriesOf(labels)) }),
    ...(values && { values: Object.fromEntries(entriesOf(values)) }),
  };
}
