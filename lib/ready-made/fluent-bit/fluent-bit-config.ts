import { Duration, Size } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import { Document, visit } from 'yaml';
import { ReadyMadeMount, VolumeShare } from '../../contributions';
import { certifiedHost } from '../../values/address';
import { entriesOf } from '../../values/given-order';
import { kibibytes, mebibytes } from '../settings/limits';
import { POD_FIELDS, POD_NAME, POD_NAMESPACE, podVariables } from '../settings/pod-fields';
import { folderOf } from '../../values/shared-folder';
import { tlsMounts } from '../settings/tls-sources';
import { FluentBitLogs } from './fluent-bit-logs';
import { HeaderValue } from '../headers';
import { FluentBitNetworkOptions, FluentBitOutput, FluentBitTarget } from './fluent-bit-output';
import { FluentBitParser } from './fluent-bit-parser';
import { FluentBitSettings } from './fluent-bit-settings';

/** Settings with what the helper knows. */
export interface CompleteFluentBitSettings extends FluentBitSettings {
  readonly serviceName: string;
}

export const CONFIG_FOLDER = '/etc/fluent-bit';
export const CONFIG_FILE = 'fluent-bit.yaml';
/** Where Fluent Bit writes down how far it has read, and keeps what has not been sent. */
export const STATE_FOLDER = '/var/lib/fluent-bit';
const TLS_FOLDER = '/etc/fluent-bit-tls';
export const DEFAULT_HEALTH_PORT = 2020;
const DEFAULT_FORWARD_PORT = 24224;
export const DEFAULT_SHUTDOWN_TIMEOUT = Duration.seconds(5);
export const DEFAULT_INCLUDE = ['*.log'];
const DEFAULT_BUFFER = Size.mebibytes(32);
/** What a chunk of records grows to, in mebibytes. */
const CHUNK = 2;
const DEFAULT_FILE_SIZE = Size.mebibytes(10);
/** The longest line that is kept whole. */
const MAX_LINE = '256k';
/** The field with a line that is not parsed. */
const LINE = 'log';
const FILE_FIELD = 'log.file.path';
const TIME_FIELD = '@timestamp';

const POD_ADDRESS = 'K8S_POD_IP';

/** What labels cannot be called, because the helper calls them so itself. */
export const OWN_LABELS = ['service_name', 'k8s_namespace_name', 'k8s_pod_name'];

/** The configuration of settings without problems. */
export function renderFluentBitConfig(settings: CompleteFluentBitSettings): string {
  const document = new Document(configOf(settings), { aliasDuplicateObjects: false });
  visit(document, {
    Scalar(key, scalar) {
      // Without quotes it takes for a number what C does, `nan` for one.
      if (key !== 'key' && typeof scalar.value === 'string') {
        scalar.type = 'QUOTE_DOUBLE';
      }
    },
  });
  return document.toString({ lineWidth: 0 });
}

/** The environment variables that the configuration names. */
export function environmentOf({ outputs }: FluentBitSettings): k8s.EnvVar[] {
  return [
    ...podVariables(),
    { name: POD_ADDRESS, valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
    ...outputs.flatMap(({ _destination: target }, index) =>
      secretsOf(target).map(({ what, secret: name, key }) => ({
        name: variableOf(index, what),
        valueFrom: { secretKeyRef: { name, key } },
      })),
    ),
  ];
}

/** The folder with what outlives the container, and those with what TLS needs. */
export function mountsOf({ outputs }: FluentBitSettings): ReadyMadeMount[] {
  return [
    { mountPath: STATE_FOLDER, volume: { name: 'state', emptyDir: {} }, writable: true },
    ...outputs.flatMap(({ _destination: target }, index) =>
      tlsMounts(`${TLS_FOLDER}/${index}`, `tls-${index}`, networkOf(target)?.tls?._options ?? {}),
    ),
  ];
}

/** The folders that Fluent Bit shares with the main container. */
export function sharesOf({ logs, outputs }: FluentBitSettings): VolumeShare[] {
  return [
    ...logs.map(({ source }) => source),
    ...outputs.flatMap(({ _destination: target }) => (target.kind === 'file' ? [target.share] : [])),
  ];
}

export function networkOf(target: FluentBitTarget): FluentBitNetworkOptions | undefined {
  return target.kind === 'stdout' || target.kind === 'file' ? undefined : target.options;
}

export function headersOf(target: FluentBitTarget): Readonly<Record<string, HeaderValue>> {
  return target.kind === 'otlpHttp' || target.kind === 'http' || target.kind === 'loki'
    ? (target.options.headers ?? {})
    : {};
}

function configOf(settings: CompleteFluentBitSettings): object {
  const { logs, outputs, shutdownTimeout = DEFAULT_SHUTDOWN_TIMEOUT, healthPort = DEFAULT_HEALTH_PORT } = settings;
  const parsers = logs.flatMap(({ parser }, index) => (parser ? [parserOf(parser, index)] : []));
  const entries = logs.flatMap(({ entryStart }, index) =>
    entryStart === undefined ? [] : [multilineOf(entryStart, index)],
  );
  const filters = logs.flatMap(({ parser }, index) => (parser ? [filterOf(index)] : []));
  return {
    service: {
      // What is written is sent within so many seconds.
      flush: 1,
      grace: shutdownTimeout.toSeconds(),
      log_level: 'info',
      http_server: true,
      http_listen: `\${${POD_ADDRESS}}`,
      http_port: healthPort,
      // Between a second and half a minute, however often it has failed; by default it is up to half an hour.
      'scheduler.base': 1,
      'scheduler.cap': 30,
      'storage.path': `${STATE_FOLDER}/chunks`,
      // Of that, so much is looked at again at once after a restart.
      'storage.backlog.mem_limit': '8M',
      'storage.max_chunks_up': Math.floor(mebibytes(settings.bufferSize ?? DEFAULT_BUFFER) / CHUNK),
    },
    ...(parsers.length > 0 && { parsers }),
    ...(entries.length > 0 && { multiline_parsers: entries }),
    pipeline: {
      inputs: logs.map((files, index) => inputOf(files, index)),
      ...(filters.length > 0 && { filters }),
      outputs: outputs.map(({ _destination: target }, index) => ({
        ...outputOf(target, index, settings.serviceName),
        match: '*',
        processors: { logs: processorsOf(target, settings) },
      })),
    },
  };
}

function inputOf(
  { source, include = DEFAULT_INCLUDE, exclude, entryStart, onlyNew }: FluentBitLogs,
  index: number,
): object {
  const inFolder = (pattern: string): string => `${folderOf(source)}/${pattern}`;
  return {
    name: 'tail',
    tag: `logs.${index}`,
    path: include.map(inFolder).join(','),
    ...(exclude && { exclude_path: exclude.map(inFolder).join(',') }),
    path_key: FILE_FIELD,
    key: LINE,
    read_from_head: !onlyNew,
    // It does not look for new files when it is told to end, so the last words of a short Job would be lost: with its default
    // those of a minute. It reads what is behind the dot as nanoseconds, so these are fifty milliseconds.
    refresh_interval: '0.50000000',
    buffer_max_size: MAX_LINE,
    // By default a file with a longer line is not read any more.
    truncate_long_lines: true,
    ...(entryStart !== undefined && { 'multiline.parser': `entry_${index}` }),
    db: `${STATE_FOLDER}/positions-${index}.db`,
    // What was read and not sent is there after a restart, as the position is.
    'storage.type': 'filesystem',
    // What the outputs do not take now is read on later: the files are the buffer.
    'storage.pause_on_chunks_overlimit': true,
  };
}

function parserOf({ _lineFormat: format }: FluentBitParser, index: number): object {
  const { timeField, timeFormat } = format.options;
  return {
    name: `parser_${index}`,
    format: format.kind,
    // A line whose groups are all empty would be lost.
    ...(format.kind === 'regex' && { regex: written(format.pattern), skip_empty_values: false }),
    ...(timeField !== undefined && { time_key: timeField, time_format: timeFormat, time_keep: true }),
  };
}

function multilineOf(entryStart: string, index: number): object {
  return {
    name: `entry_${index}`,
    type: 'regex',
    // Milliseconds after which the last entry is one.
    flush_timeout: 1000,
    rules: [
      { state: 'start_state', regex: written(entryStart), next_state: 'more' },
      { state: 'more', regex: written(`\\A(?!.*(?:${entryStart}))`), next_state: 'more' },
    ],
  };
}

function filterOf(index: number): object {
  return {
    name: 'parser',
    match: `logs.${index}`,
    key_name: LINE,
    parser: `parser_${index}`,
    // The path of the file.
    reserve_data: true,
  };
}

/** Between slashes, so that those of the pattern itself are its own. */
function written(pattern: string): string {
  return `/${pattern}/`;
}

function outputOf(target: FluentBitTarget, index: number, serviceName: string): object {
  switch (target.kind) {
    case 'stdout':
      return { name: 'stdout', format: 'json_lines', ...TIMED, ...retrying() };
    case 'file': {
      const { maxSize = DEFAULT_FILE_SIZE, maxBackups = 3 } = target.options;
      return {
        name: 'file',
        path: folderOf(target.share),
        file: target.name,
        format: 'plain',
        rotate: true,
        rotate_max_size: `${kibibytes(maxSize) * 1024}`,
        rotate_max_files: maxBackups,
        rotate_gzip: false,
        ...retrying(),
      };
    }
    case 'otlpHttp':
      return {
        name: 'opentelemetry',
        ...http(target, index, 'logs_uri', '/v1/logs'),
        // A line is the body of its entry, with the file as an attribute; a record that was parsed is all of it.
        logs_body_key: `$${LINE}`,
        logs_body_key_attributes: true,
        compress: 'gzip',
      };
    case 'loki': {
      const { tenant, labels = {} } = target.options;
      return {
        name: 'loki',
        ...http(target, index, 'uri', '/loki/api/v1/push'),
        ...(tenant !== undefined && { tenant_id: tenant }),
        labels: [
          `service_name=${serviceName}`,
          `k8s_namespace_name=\${${POD_NAMESPACE.variable}}`,
          `k8s_pod_name=\${${POD_NAME.variable}}`,
          ...entriesOf(labels).map(([name, value]) => `${name}=${value}`),
        ].join(', '),
        compress: 'gzip',
      };
    }
    case 'http':
      return { name: 'http', ...http(target, index, 'uri', ''), format: 'json', ...TIMED };
    case 'forward': {
      const { port = DEFAULT_FORWARD_PORT, sharedKeySecret } = target.options;
      return {
        name: 'forward',
        host: target.host,
        port,
        ...network(target.options, target.host, index, true),
        ...(sharedKeySecret !== undefined && {
          shared_key: variableIn(index, SHARED_KEY),
          self_hostname: `\${${POD_NAME.variable}}`,
        }),
        // What has been written to a connection may still be lost.
        require_ack_response: true,
      };
    }
  }
}

const TIMED = { json_date_key: TIME_FIELD, json_date_format: 'iso8601' };

/** @param uri the name of the property with the path, and what that ends with */
function http(
  target: Exclude<FluentBitTarget, { kind: 'stdout' | 'file' | 'forward' }>,
  index: number,
  uri: string,
  end: string,
): object {
  const { hostname, port, protocol, pathname, search } = new URL(target.url);
  const headers = entriesOf(headersOf(target)).map(([name, { _content: content }]) =>
    'value' in content ? `${name} ${content.value}` : `${name} ${content.prefix}${variableIn(index, headerName(name))}`,
  );
  const { basicAuthSecret } = target.options;
  const host = hostname.replaceAll(/[[\]]/g, '');
  return {
    host,
    port: port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port),
    [uri]: `${end === '' ? pathname : pathname.replace(/\/+$/, '')}${end}${search}`,
    ...(headers.length > 0 && { header: headers }),
    ...(basicAuthSecret !== undefined && {
      http_user: variableIn(index, USER_NAME),
      http_passwd: variableIn(index, PASSWORD),
    }),
    ...network(target.options, host, index, protocol === 'https:'),
  };
}

function network({ tls, retries }: FluentBitNetworkOptions, host: string, index: number, isUsual: boolean): object {
  const { caSecret, caConfigMap, clientSecret, serverName } = tls?._options ?? {};
  const isOn = tls ? tls._mode !== 'plaintext' : isUsual;
  const isVerified = tls?._mode !== 'unverified';
  const file = (name: string): string => `${TLS_FOLDER}/${index}/${name}`;
  return {
    tls: isOn,
    ...(isOn && {
      'tls.verify': isVerified,
      // By default any name will do.
      'tls.verify_hostname': isVerified,
      'tls.vhost': certifiedHost(serverName ?? host),
      ...((caSecret ?? caConfigMap) !== undefined && { 'tls.ca_file': file('ca.crt') }),
      ...(clientSecret !== undefined && { 'tls.crt_file': file('tls.crt'), 'tls.key_file': file('tls.key') }),
    }),
    ...retrying(retries),
    // Each request that goes well would be a line in the container's log.
    log_level: 'warn',
  };
}

function retrying(retries?: number): object {
  return { retry_limit: retries === undefined ? 'no_limits' : retries === 0 ? 'no_retries' : retries };
}

/** What says where a record is from: as attributes of the resource where there is such a thing, otherwise as its fields. */
function processorsOf({ kind }: FluentBitTarget, { serviceName, fields = {} }: CompleteFluentBitSettings): object[] {
  const values = [
    ['service.name', serviceName],
    ...POD_FIELDS.map(({ name, variable }) => [name, `\${${variable}}`]),
    ...entriesOf(fields),
  ];
  const isOtlp = kind === 'otlpHttp';
  return [
    ...(isOtlp ? [{ name: 'opentelemetry_envelope' }] : []),
    ...values.map(([key, value]) => ({
      name: 'content_modifier',
      ...(isOtlp && { context: 'otel_resource_attributes' }),
      action: 'insert',
      key,
      value,
    })),
  ];
}

const SHARED_KEY = 'SHARED_KEY';
const USER_NAME = 'USERNAME';
const PASSWORD = 'PASSWORD';

/** What an output is told from Secrets. */
function secretsOf(
  target: FluentBitTarget,
): { readonly what: string; readonly secret: string; readonly key: string }[] {
  if (target.kind === 'forward') {
    const { sharedKeySecret: secret } = target.options;
    return secret === undefined ? [] : [{ what: SHARED_KEY, secret, key: 'shared-key' }];
  }
  if (target.kind === 'stdout' || target.kind === 'file') {
    return [];
  }
  const { basicAuthSecret: secret } = target.options;
  return [
    ...entriesOf(headersOf(target)).flatMap(([name, { _content: content }]) =>
      'secret' in content ? [{ what: headerName(name), secret: content.secret, key: content.key }] : [],
    ),
    ...(secret === undefined
      ? []
      : [
          { what: USER_NAME, secret, key: 'username' },
          { what: PASSWORD, secret, key: 'password' },
        ]),
  ];
}

function headerName(name: string): string {
  return `HEADER_${name.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_')}`;
}

function variableOf(output: number, what: string): string {
  return `OUTPUT_${output}_${what}`;
}

function variableIn(output: number, what: string): string {
  return `\${${variableOf(output, what)}}`;
}

export function outputsOf({ outputs }: FluentBitSettings): FluentBitTarget[] {
  return outputs.map(({ _destination }: FluentBitOutput) => _destination);
}
