import { Size } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import { Document, visit } from 'yaml';
import { OpenTelemetryFilesOptions, OpenTelemetryInput, OpenTelemetryScrapeOptions } from './open-telemetry-input';
import { HeaderValue } from '../headers';
import { OpenTelemetryOutput, Target } from './open-telemetry-output';
import { OpenTelemetryPipeline, OpenTelemetrySettings } from './open-telemetry-settings';
import { OpenTelemetryTls } from './open-telemetry-tls';
import { processorsOf, quoted, Signal, SIGNALS } from './open-telemetry-statements';
import { hostAndPort } from '../../values/address';
import { ReadyMadeMount, VolumeShare } from '../../contributions';
import { entriesOf } from '../../values/given-order';
import { DEFAULT_LISTEN_ADDRESS } from '../settings/listen-address';
import { mebibytes } from '../settings/limits';
import { POD_FIELDS, POD_NAME, podVariables } from '../settings/pod-fields';
import { folderOf } from '../../values/shared-folder';
import { tlsMounts } from '../settings/tls-sources';

/** Settings with what the helper knows. */
export interface CompleteOpenTelemetrySettings extends OpenTelemetrySettings {
  readonly serviceName: string;
  /** What the container may use, in MiB. */
  readonly memory: number;
}

export const DEFAULT_HEALTH_PORT = 13133;
const DEFAULT_GRPC_PORT = 4317;
export const DEFAULT_HTTP_PORT = 4318;
export const DEFAULT_INCLUDE = ['*.log'];
/** Where the collector writes down how far it has read. */
export const STATE_FOLDER = '/var/lib/otelcol';
const TLS_FOLDER = '/etc/otelcol-tls';
const DEFAULT_INTERVAL = 30_000;
const DEFAULT_SCRAPE_TIMEOUT = 10_000;

/** Of the container's limit, in per cent: what is left is for what Go does not count. */
const SOFT_LIMIT = 80;
const SPIKE = 25;

/** The configuration of settings without problems. */
export function renderOpenTelemetryConfig(settings: CompleteOpenTelemetrySettings): string {
  const document = new Document(configOf(settings), { aliasDuplicateObjects: false });
  visit(document, {
    Scalar(_, scalar) {
      // Go's YAML takes more for numbers than YAML 1.2 does, `1_000` for one.
      if (typeof scalar.value === 'string' && !/^(?:[A-Za-z/]|\d+(?:ms|s|h)$)/.test(scalar.value)) {
        scalar.type = 'QUOTE_DOUBLE';
      }
    },
  });
  return document.toString({ lineWidth: 0 });
}

/** The environment variables that the configuration names, and Go's share of the memory. */
export function environmentOf(settings: CompleteOpenTelemetrySettings): k8s.EnvVar[] {
  return [
    { name: 'GOMEMLIMIT', value: `${part(settings.memory, SOFT_LIMIT)}MiB` },
    ...podVariables(),
    ...outputsOf(settings).flatMap((output, index) =>
      entriesOf(headersOf(output._target)).flatMap(([name, header]) =>
        'secret' in header._content
          ? [
              {
                name: headerVariable(index, name),
                valueFrom: { secretKeyRef: { name: header._content.secret, key: header._content.key } },
              },
            ]
          : [],
      ),
    ),
  ];
}

/** The folder with what outlives the container, where there is such, and those with what TLS needs. */
export function mountsOf(settings: OpenTelemetrySettings): ReadyMadeMount[] {
  return [
    ...(hasState(settings)
      ? [{ mountPath: STATE_FOLDER, volume: { name: 'state', emptyDir: {} }, writable: true }]
      : []),
    ...outputsOf(settings).flatMap(({ _target: target }, index) =>
      tlsMounts(`${TLS_FOLDER}/${index}`, `tls-${index}`, tlsOf(target)?._options ?? {}),
    ),
  ];
}

/** The folders that the collector shares with the main container. */
export function sharesOf(settings: OpenTelemetrySettings): VolumeShare[] {
  return [
    ...inputsOf(settings).flatMap(({ _source: source }) => (source.kind === 'files' ? [source.share] : [])),
    ...outputsOf(settings).flatMap(({ _target: target }) => (target.kind === 'file' ? [target.share] : [])),
  ];
}

/** What the collector listens on. */
export function listenersOf(
  settings: OpenTelemetrySettings,
): { readonly what: string; readonly port: number; readonly address?: string }[] {
  return [
    { what: 'healthPort', port: settings.healthPort ?? DEFAULT_HEALTH_PORT },
    ...(settings.metricsPort === undefined ? [] : [{ what: 'metricsPort', port: settings.metricsPort }]),
    ...inputsOf(settings).flatMap(({ _source: source }) => {
      if (source.kind !== 'otlp') {
        return [];
      }
      const { grpcPort = DEFAULT_GRPC_PORT, httpPort = DEFAULT_HTTP_PORT, listenAddress } = source.options;
      const address = listenAddress ?? DEFAULT_LISTEN_ADDRESS;
      return [
        { what: 'grpcPort', port: grpcPort, address },
        { what: 'httpPort', port: httpPort, address },
      ];
    }),
  ];
}

/** Whether the collector remembers how far it has read. */
function hasState(settings: OpenTelemetrySettings): boolean {
  return inputsOf(settings).some(({ _source: source }) => source.kind === 'files');
}

export function pipelinesOf(
  settings: OpenTelemetrySettings,
): { readonly signal: Signal; readonly name: string; readonly pipeline: OpenTelemetryPipeline }[] {
  return SIGNALS.flatMap((signal) =>
    (settings[signal] ?? []).map((pipeline, index) => ({ signal, name: `${signal}[${index}]`, pipeline })),
  );
}

export function inputsOf(settings: OpenTelemetrySettings): OpenTelemetryInput[] {
  return [...new Set(pipelinesOf(settings).flatMap(({ pipeline }) => pipeline.inputs))];
}

export function outputsOf(settings: OpenTelemetrySettings): OpenTelemetryOutput[] {
  return [...new Set(pipelinesOf(settings).flatMap(({ pipeline }) => pipeline.outputs))];
}

export function headersOf(target: Target): Readonly<Record<string, HeaderValue>> {
  return 'options' in target && 'headers' in target.options ? (target.options.headers ?? {}) : {};
}

export function tlsOf(target: Target): OpenTelemetryTls | undefined {
  return 'options' in target && 'tls' in target.options ? target.options.tls : undefined;
}

type Components = Record<string, unknown>;

function configOf(settings: CompleteOpenTelemetrySettings): object {
  const receivers: Components = {};
  const processors: Components = {
    memory_limiter: {
      check_interval: '1s',
      limit_mib: part(settings.memory, SOFT_LIMIT),
      spike_limit_mib: part(settings.memory, SPIKE),
    },
    'transform/resource': resourceProcessor(settings),
  };
  const exporters: Components = {};
  const pipelines: Components = {};
  const inputs = inputsOf(settings);
  const outputs = outputsOf(settings);

  for (const { signal, pipeline } of pipelinesOf(settings)) {
    const name = `${signal}/${settings[signal]?.indexOf(pipeline) ?? 0}`;
    const steps = processorsOf(signal, pipeline.transformations ?? []).map(({ type, config }, index) => {
      const id = `${type}/${name.replace('/', '-')}-${index}`;
      processors[id] = config;
      return id;
    });
    pipelines[name] = {
      receivers: pipeline.inputs.map((input) => {
        const [id, receiver] = receiverOf(input, inputs.indexOf(input), settings);
        receivers[id] = receiver;
        return id;
      }),
      processors: ['memory_limiter', 'transform/resource', ...steps],
      exporters: pipeline.outputs.map((output) => {
        const [id, exporter] = exporterOf(output._target, outputs.indexOf(output), signal);
        exporters[id] = exporter;
        return id;
      }),
    };
  }
  return {
    extensions: {
      health_check: { endpoint: `:${settings.healthPort ?? DEFAULT_HEALTH_PORT}` },
      ...(hasState(settings) && { file_storage: { directory: STATE_FOLDER } }),
    },
    receivers,
    processors,
    exporters,
    service: {
      extensions: ['health_check', ...(hasState(settings) ? ['file_storage'] : [])],
      telemetry: {
        logs: { encoding: 'json' },
        metrics:
          settings.metricsPort === undefined
            ? { level: 'none' }
            : { readers: [{ pull: { exporter: { prometheus: { host: '', port: settings.metricsPort } } } }] },
      },
      pipelines,
    },
  };
}

/** What says where data is from: all signals get the same. */
function resourceProcessor(settings: CompleteOpenTelemetrySettings): object {
  const { serviceName, resourceAttributes = {} } = settings;
  const attribute = (name: string): string => `resource.attributes[${quoted(name)}]`;
  const statements = [
    // What comes from another pod has the attributes of that one.
    ...POD_FIELDS.map(
      ({ name, variable }) =>
        `set(${attribute(name)}, "${variableIn(variable)}") where ${attribute(POD_NAME.name)} == nil`,
    ),
    ...entriesOf(resourceAttributes).map(([name, value]) => `set(${attribute(name)}, ${quoted(value)})`),
    `set(${attribute('service.name')}, ${quoted(serviceName)}) where ${attribute('service.name')} == nil`,
  ];
  return {
    error_mode: 'propagate',
    ...(settings.logs && { log_statements: [{ statements }] }),
    ...(settings.metrics && { metric_statements: [{ statements }] }),
    ...(settings.traces && { trace_statements: [{ statements }] }),
  };
}

function receiverOf(
  { _source: source }: OpenTelemetryInput,
  index: number,
  settings: CompleteOpenTelemetrySettings,
): [string, object] {
  switch (source.kind) {
    case 'files':
      return [`file_log/${index}`, filesReceiver(source.share, source.options)];
    case 'otlp': {
      const { grpcPort = DEFAULT_GRPC_PORT, httpPort = DEFAULT_HTTP_PORT } = source.options;
      const { listenAddress = DEFAULT_LISTEN_ADDRESS } = source.options;
      return [
        `otlp/${index}`,
        {
          protocols: {
            grpc: { endpoint: hostAndPort(listenAddress, grpcPort) },
            http: { endpoint: hostAndPort(listenAddress, httpPort) },
          },
        },
      ];
    }
    case 'scrape':
      return [`prometheus/${index}`, scrapeReceiver(source.options, settings.serviceName)];
  }
}

function filesReceiver(share: VolumeShare, options: OpenTelemetryFilesOptions): object {
  const { include = DEFAULT_INCLUDE, exclude, entryStart, onlyNew = false } = options;
  const inFolder = (pattern: string): string => literal(`${folderOf(share)}/${pattern}`);
  return {
    include: include.map(inFolder),
    ...(exclude && { exclude: exclude.map(inFolder) }),
    start_at: onlyNew ? 'end' : 'beginning',
    ...(entryStart !== undefined && { multiline: { line_start_pattern: literal(entryStart) } }),
    // It does not look again when it is told to end, so a native sidecar would lose the main container's last words that
    // came since it looked: with its default of 200 ms, one time in six.
    poll_interval: '50ms',
    storage: 'file_storage',
    // What the outputs do not take now is read on later: the files are the buffer.
    retry_on_failure: { enabled: true, max_elapsed_time: '0s' },
  };
}

function scrapeReceiver(options: OpenTelemetryScrapeOptions, serviceName: string): object {
  const interval = options.interval?.toMilliseconds() ?? DEFAULT_INTERVAL;
  return {
    config: {
      scrape_configs: [
        {
          job_name: literal(options.job ?? serviceName),
          scrape_interval: `${interval}ms`,
          scrape_timeout: `${options.timeout?.toMilliseconds() ?? Math.min(interval, DEFAULT_SCRAPE_TIMEOUT)}ms`,
          metrics_path: literal(options.path ?? '/metrics'),
          static_configs: [
            {
              targets: [`localhost:${options.port}`],
              // Otherwise all pods would be the instance `localhost:9113`, and their series one.
              labels: { instance: `${variableIn(POD_NAME.variable)}:${options.port}` },
            },
          ],
        },
      ],
    },
  };
}

const DEFAULT_FILE_SIZE = Size.mebibytes(10);

/** For as long as it takes: what bounds the memory is the queue, or for logs that there is none. */
const RETRY = { initial_interval: '1s', max_interval: '30s', max_elapsed_time: '0s' };

function exporterOf(target: Target, index: number, signal: Signal): [string, object] {
  switch (target.kind) {
    case 'stdout':
      // A second, by default, in which what counts as taken could be lost.
      return ['file/stdout', { path: '/dev/stdout', flush_interval: '100ms' }];
    case 'file': {
      const { maxSize = DEFAULT_FILE_SIZE, maxBackups = 3 } = target.options;
      return [
        `file/${index}`,
        {
          path: literal(`${folderOf(target.share)}/${target.name}`),
          rotation: { max_megabytes: mebibytes(maxSize), max_backups: maxBackups },
        },
      ];
    }
    case 'otlp':
      return [
        `otlp_grpc/${index}-${signal}`,
        { endpoint: target.endpoint, tls: grpcTls(target.options.tls, index), ...sending(target, index, signal) },
      ];
    case 'otlpHttp':
      return [`otlp_http/${index}-${signal}`, { endpoint: target.url, ...http(target, index, signal) }];
    case 'loki':
      return [
        `otlp_http/${index}-${signal}`,
        { endpoint: `${target.url.replace(/\/$/, '')}/otlp`, ...http(target, index, signal) },
      ];
  }
}

function http(target: Target, index: number, signal: Signal): object {
  const tls = tlsOf(target);
  return { ...(tls && tls._mode !== 'plaintext' && { tls: tlsFiles(tls, index) }), ...sending(target, index, signal) };
}

function grpcTls(tls: OpenTelemetryTls | undefined, index: number): object {
  return tls?._mode === 'plaintext' ? { insecure: true } : { insecure: false, ...(tls && tlsFiles(tls, index)) };
}

function tlsFiles({ _mode: mode, _options: options }: OpenTelemetryTls, index: number): object {
  const { caSecret, caConfigMap, clientSecret, serverName } = options;
  const file = (name: string): string => `${TLS_FOLDER}/${index}/${name}`;
  return {
    ...(mode === 'unverified' && { insecure_skip_verify: true }),
    ...((caSecret ?? caConfigMap) !== undefined && { ca_file: file('ca.crt') }),
    ...(clientSecret !== undefined && {
      cert_file: file('tls.crt'),
      key_file: file('tls.key'),
      // The kubelet brings a renewed certificate to the folder.
      reload_interval: '1h',
    }),
    ...(serverName !== undefined && { server_name_override: serverName }),
  };
}

function sending(target: Target, index: number, signal: Signal): object {
  const headers = entriesOf(headersOf(target)).map(([name, { _content: content }]) => [
    name,
    'value' in content
      ? literal(content.value)
      : `${literal(content.prefix)}${variableIn(headerVariable(index, name))}`,
  ]);
  if (target.kind === 'loki' && target.options.tenant !== undefined) {
    headers.push(['X-Scope-OrgID', literal(target.options.tenant)]);
  }
  return {
    ...(headers.length > 0 && { headers: Object.fromEntries(headers) as object }),
    timeout: '5s',
    retry_on_failure: RETRY,
    sending_queue:
      signal === 'logs'
        ? // A line counts as read when the other side has it, and not before.
          { enabled: false }
        : {
            sizer: 'items',
            queue_size: 20_000,
            num_consumers: 10,
            batch: { flush_timeout: '1s', min_size: 1000, max_size: 2000 },
          },
  };
}

/** The name of the variable with the value of a header. */
function headerVariable(output: number, header: string): string {
  return `OUTPUT_${output}_${header.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_')}`;
}

/** The text as the collector reads it, which looks for `${…}` in all strings. */
export function literal(text: string): string {
  return text.replaceAll('$', '$$$$');
}

function variableIn(name: string): string {
  return `\${env:${name}}`;
}

function part(whole: number, percent: number): number {
  return Math.floor((whole * percent) / 100);
}
