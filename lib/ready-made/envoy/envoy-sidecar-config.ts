import { Duration, Size } from 'cdk8s';
import { kibibytes } from '../settings/limits';
import { EnvoyOwnSettings, EnvoyWork, renderFiles } from './envoy-bootstrap';
import { cluster } from './envoy-cluster';
import { EnvoyEdge, EnvoyTlsVersion } from './envoy-edge-tls';
import { accessLog, listener, rateLimit, routes } from './envoy-listener';
import { EnvoyLogField } from './envoy-log-field';
import { seconds, socket, typed } from './envoy-message';
import { authorities, certificate, distinct, EnvoySecret, reference } from './envoy-secrets';
import { EnvoyAppHealth, EnvoySidecarSettings } from './envoy-sidecar-settings';

export const DEFAULT_APP_ADDRESS = '127.0.0.1';
export const DEFAULT_EDGE_ADDRESS = '0.0.0.0';
export const DEFAULT_EDGE_ADMIN_PORT = 9911;
/** The path that tells of the app, and the one that tells of Envoy. */
export const READY_PATH = '/ready';
export const STARTED_PATH = '/started';
/** What the app is called in Envoy's statistics. */
const APP = 'app';
/** The gauge of requests that are under way. */
export const REQUESTS = `http.${APP}.downstream_rq_active`;
/** What is looked for often enough to be found soon. */
const SOON = Duration.millis(500);

export const DEFAULT_LOG_FIELDS: readonly EnvoyLogField[] = [
  EnvoyLogField.TIME,
  EnvoyLogField.CLIENT,
  EnvoyLogField.METHOD,
  EnvoyLogField.HOST,
  EnvoyLogField.PATH,
  EnvoyLogField.PROTOCOL,
  EnvoyLogField.STATUS,
  EnvoyLogField.FLAGS,
  EnvoyLogField.MILLISECONDS,
  EnvoyLogField.BYTES_RECEIVED,
  EnvoyLogField.BYTES_SENT,
  EnvoyLogField.USER_AGENT,
  EnvoyLogField.REQUEST_ID,
  EnvoyLogField.TLS_VERSION,
];

/** The settings that all uses of Envoy have, with the ports of this one. */
export function ownSettingsOf(settings: EnvoySidecarSettings): EnvoyOwnSettings {
  return { ...settings, adminPort: settings.adminPort ?? DEFAULT_EDGE_ADMIN_PORT };
}

/** The files of settings without problems. */
export function renderSidecarFiles(id: string, settings: EnvoySidecarSettings): Record<string, string> {
  const { listenAddress = DEFAULT_EDGE_ADDRESS, redirectPort } = settings;
  const work: EnvoyWork = {
    id,
    listenAddress,
    listeners: [
      edgeListener(settings, listenAddress),
      ...(redirectPort === undefined ? [] : [redirectListener(settings, listenAddress, redirectPort)]),
    ],
    clusters: [appCluster(settings)],
    secrets: sidecarSecretsOf(settings),
    health: { path: STARTED_PATH, filters: [readiness()] },
  };
  return renderFiles(work, ownSettingsOf(settings));
}

export function sidecarSecretsOf({ tls: { _edge: edge } }: EnvoySidecarSettings): EnvoySecret[] {
  return edge.kind === 'plaintext'
    ? []
    : distinct([certificate('server', edge.secret), clientAuthorities(edge)].filter((one) => one !== undefined));
}

function clientAuthorities(edge: EnvoyEdge): EnvoySecret | undefined {
  if (edge.kind === 'plaintext') {
    return undefined;
  }
  const { clientCaSecret, clientCaConfigMap, clientCaKey } = edge.options;
  return authorities({ caSecret: clientCaSecret, caConfigMap: clientCaConfigMap, caKey: clientCaKey });
}

function edgeListener(settings: EnvoySidecarSettings, address: string): object {
  const { timeouts = {}, trustedProxies = 0, maxBodySize } = settings;
  const { _edge: edge } = settings.tls;
  const { accessLog: logged = DEFAULT_LOG_FIELDS, rateLimit: limit } = settings;
  return listener(
    APP,
    address,
    settings.listen,
    {
      ...clientOptions(settings),
      use_remote_address: true,
      xff_num_trusted_hops: trustedProxies,
      skip_xff_append: true,
      preserve_external_request_id: true,
      server_header_transformation: 'PASS_THROUGH',
      ...(clientAuthorities(edge) && {
        forward_client_cert_details: 'SANITIZE_SET',
        set_current_client_cert_details: { subject: true, dns: true, uri: true },
      }),
      ...(settings.webSocket && { upgrade_configs: [{ upgrade_type: 'websocket' }] }),
      ...(logged.length > 0 && {
        access_log: [accessLog(logged)],
      }),
      route_config: {
        ...routes(APP, [
          {
            match: { prefix: '/' },
            route: { cluster: APP, timeout: seconds(timeouts.request ?? Duration.seconds(60)) },
          },
        ]),
        request_headers_to_add: [
          {
            header: { key: 'x-forwarded-for', value: '%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%' },
            append_action: 'OVERWRITE_IF_EXISTS_OR_ADD',
          },
        ],
        request_headers_to_remove: [
          'x-envoy-external-address',
          'x-envoy-internal',
          ...(trustedProxies === 0 ? ['forwarded', 'x-forwarded-host', 'x-forwarded-port', 'x-real-ip'] : []),
        ],
      },
    },
    [
      ...(limit ? [rateLimit(APP, limit)] : []),
      ...(maxBodySize
        ? [
            {
              name: 'envoy.filters.http.buffer',
              typed_config: typed('extensions.filters.http.buffer.v3.Buffer', {
                max_request_bytes: kibibytes(maxBodySize) * 1024,
              }),
            },
          ]
        : []),
    ],
    edge.kind === 'plaintext' ? {} : { transport_socket: transportSocket(edge) },
  );
}

/** What clients may do, and for how long. */
function clientOptions({ timeouts = {}, maxHeaderSize = Size.kibibytes(60) }: EnvoySidecarSettings): object {
  return {
    http_protocol_options: { accept_http_10: true, default_host_for_http_10: 'localhost' },
    http2_protocol_options: { max_concurrent_streams: 100 },
    common_http_protocol_options: {
      idle_timeout: seconds(timeouts.clientKeepAlive ?? Duration.hours(1)),
      // Many apps take `_` for `-`, so that a client could give a header that is Envoy's to give.
      headers_with_underscores_action: 'DROP_HEADER',
    },
    max_request_headers_kb: kibibytes(maxHeaderSize),
    request_headers_timeout: seconds(timeouts.headers ?? Duration.seconds(10)),
    stream_idle_timeout: seconds(timeouts.idle ?? Duration.minutes(5)),
  };
}

function transportSocket(edge: EnvoyEdge & { kind: 'certificate' }): object {
  const { minVersion = EnvoyTlsVersion.TLS_1_2, clients = [] } = edge.options;
  const trusted = clientAuthorities(edge);
  return {
    name: 'envoy.transport_sockets.tls',
    typed_config: typed('extensions.transport_sockets.tls.v3.DownstreamTlsContext', {
      ...(trusted && { require_client_certificate: true }),
      common_tls_context: {
        tls_params: { tls_minimum_protocol_version: minVersion, tls_maximum_protocol_version: 'TLSv1_3' },
        alpn_protocols: ['h2', 'http/1.1'],
        tls_certificate_sds_secret_configs: [reference(certificate('server', edge.secret))],
        ...(trusted && {
          combined_validation_context: {
            default_validation_context: {
              ...(clients.length > 0 && { match_typed_subject_alt_names: clients.map(alternativeName) }),
            },
            validation_context_sds_secret_config: reference(trusted),
          },
        }),
      },
    }),
  };
}

function alternativeName(name: string): object {
  return { san_type: name.includes('://') ? 'URI' : 'DNS', matcher: { exact: name } };
}

function redirectListener(settings: EnvoySidecarSettings, address: string, port: number): object {
  const redirect = { https_redirect: true, response_code: 'PERMANENT_REDIRECT' };
  return listener('redirect', address, port, {
    ...clientOptions(settings),
    // The port is that of plain HTTP.
    strip_any_host_port: true,
    route_config: routes('redirect', [{ match: { prefix: '/' }, redirect }]),
  });
}

/** Answers 503 while the app is not well, and once Envoy is told to drain. */
function readiness(): object {
  return {
    name: 'envoy.filters.http.health_check',
    typed_config: typed('extensions.filters.http.health_check.v3.HealthCheck', {
      pass_through_mode: false,
      headers: [
        { name: ':path', string_match: { exact: READY_PATH } },
        { name: ':method', string_match: { exact: 'GET' } },
      ],
      cluster_min_healthy_percentages: { [APP]: { value: 100 } },
    }),
  };
}

function appCluster(settings: EnvoySidecarSettings): object {
  const { appPort, appAddress = DEFAULT_APP_ADDRESS, maxRequests = 1024, timeouts = {}, http2 = false } = settings;
  return {
    ...cluster(APP, { type: 'STATIC' }, [{ endpoint: { address: socket(appAddress, appPort) } }]),
    connect_timeout: '5s',
    circuit_breakers: {
      thresholds: [{ max_connections: maxRequests, max_pending_requests: maxRequests, max_requests: maxRequests }],
    },
    // There is no other one: a request goes to the app, well or not.
    common_lb_config: { healthy_panic_threshold: { value: 100 } },
    health_checks: [healthCheck(settings.health ?? {}, http2)],
    typed_extension_protocol_options: {
      'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': typed(
        'extensions.upstreams.http.v3.HttpProtocolOptions',
        {
          common_http_protocol_options: { idle_timeout: seconds(timeouts.appKeepAlive ?? Duration.seconds(1)) },
          explicit_http_config: http2 ? { http2_protocol_options: {} } : { http_protocol_options: {} },
        },
      ),
    },
  };
}

function healthCheck(health: EnvoyAppHealth, http2: boolean): object {
  const { path, host = 'localhost', interval = Duration.seconds(2), timeout = Duration.seconds(1) } = health;
  const soon = interval.toMilliseconds() < SOON.toMilliseconds() ? interval : SOON;
  return {
    timeout: seconds(timeout),
    interval: seconds(interval),
    unhealthy_interval: seconds(soon),
    // Otherwise it is a minute until the first request has come.
    no_traffic_interval: seconds(soon),
    no_traffic_healthy_interval: seconds(interval),
    unhealthy_threshold: health.failures ?? 3,
    healthy_threshold: health.successes ?? 1,
    // An app may be about to close a connection that it has not used for a while.
    reuse_connection: false,
    ...(path === undefined
      ? { tcp_health_check: {} }
      : {
          http_health_check: {
            host,
            path,
            codec_client_type: http2 ? 'HTTP2' : 'HTTP1',
            expected_statuses: [{ start: 200, end: 400 }],
            // Otherwise one answer is enough to be not well, whatever `failures` says.
            retriable_statuses: [{ start: 100, end: 600 }],
          },
        }),
  };
}
