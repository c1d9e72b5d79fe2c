import { Duration } from 'cdk8s';
import { EnvoyLogField } from './envoy-log-field';
import { seconds, socket, typed } from './envoy-message';
import { routesOf } from './envoy-routes';
import { headerSecret, headersOf, reference } from './envoy-secrets';
import { EnvoyRateLimit, EnvoyService } from './envoy-settings';
import { nameOf } from './envoy-upstream';

/** What is answered at the health port. */
export interface EnvoyHealth {
  /** The path that tells of Envoy itself. */
  readonly path: string;
  /** What answers other paths. */
  readonly filters: readonly object[];
}

/** Tells that Envoy runs, and nothing else. */
export const OWN_HEALTH: EnvoyHealth = { path: '/ready', filters: [] };
/** The administration interface as an upstream. No name of a service has a dot. */
export const ADMIN = 'envoy.admin';

export function serviceListener(service: EnvoyService, address: string, logged: boolean): object {
  const name = nameOf(service);
  const literal = headersOf(service).flatMap(([key, { _content: content }]) =>
    'value' in content
      ? [{ header: { key, value: formatted(content.value) }, append_action: 'OVERWRITE_IF_EXISTS_OR_ADD' }]
      : [],
  );
  return listener(
    name,
    address,
    service.listen,
    {
      // What nginx speaks to an upstream unless it is told otherwise.
      http_protocol_options: { accept_http_10: true, default_host_for_http_10: 'localhost' },
      generate_request_id: false,
      skip_xff_append: true,
      server_header_transformation: 'PASS_THROUGH',
      stream_idle_timeout: seconds(service.timeouts?.idle ?? Duration.minutes(5)),
      ...(logged && { access_log: [accessLog(LOGGED)] }),
      route_config: {
        ...routes(name, routesOf(service)),
        ...(literal.length > 0 && { request_headers_to_add: literal }),
        request_headers_to_remove: ['x-forwarded-proto'],
      },
    },
    [...(service.rateLimit ? [rateLimit(name, service.rateLimit)] : []), ...injectors(service)],
  );
}

export function healthListener(address: string, port: number, { path, filters }: EnvoyHealth): object {
  return adminListener('envoy.health', address, port, path, '/ready', filters);
}

export function metricsListener(address: string, port: number): object {
  return adminListener('envoy.metrics', address, port, '/metrics', '/stats/prometheus');
}

/** A listener that lets one path of the administration interface out, and nothing else. */
function adminListener(
  name: string,
  address: string,
  port: number,
  path: string,
  adminPath: string,
  filters: readonly object[] = [],
): object {
  const match = { path, headers: [{ name: ':method', string_match: { exact: 'GET' } }] };
  const route = { cluster: ADMIN, timeout: '5s', prefix_rewrite: adminPath };
  return {
    ...listener(name, address, port, { route_config: routes(name, [{ match, route }]) }, filters),
    ignore_global_conn_limit: true,
  };
}

/** A listener of HTTP; `transport` is what a connection has to be, of TLS for instance. */
export function listener(
  name: string,
  address: string,
  port: number,
  manager: object,
  filters: readonly object[] = [],
  transport: object = {},
): object {
  return {
    name,
    address: socket(address, port),
    filter_chains: [
      {
        filters: [
          {
            name: 'envoy.filters.network.http_connection_manager',
            typed_config: typed('extensions.filters.network.http_connection_manager.v3.HttpConnectionManager', {
              stat_prefix: name,
              ...manager,
              http_filters: [
                ...filters,
                {
                  name: 'envoy.filters.http.router',
                  // What the main container and the upstream say to each other is theirs.
                  typed_config: typed('extensions.filters.http.router.v3.Router', { suppress_envoy_headers: true }),
                },
              ],
            }),
          },
        ],
        ...transport,
      },
    ],
  };
}

export function routes(name: string, list: readonly object[]): object {
  return { name, virtual_hosts: [{ name, domains: ['*'], routes: list }] };
}

/** The text as Envoy writes it, which looks for `%…%` in values of headers. */
function formatted(text: string): string {
  return text.replaceAll('%', '%%');
}

function injectors(service: EnvoyService): object[] {
  return headersOf(service).flatMap(([header, { _content: content }], index) =>
    'secret' in content
      ? [
          {
            name: `header-${index}`,
            typed_config: typed('extensions.filters.http.credential_injector.v3.CredentialInjector', {
              overwrite: true,
              credential: {
                name: 'envoy.http.injected_credentials.generic',
                typed_config: typed('extensions.http.injected_credentials.generic.v3.Generic', {
                  header,
                  ...(content.prefix !== '' && { header_value_prefix: content.prefix }),
                  credential: reference(headerSecret(content.secret, content.key)),
                }),
              },
            }),
          },
        ]
      : [],
  );
}

export function rateLimit(name: string, { requests, per, burst }: EnvoyRateLimit): object {
  // Without these two, it counts and does nothing.
  const always = { default_value: { numerator: 100, denominator: 'HUNDRED' } };
  return {
    name: 'envoy.filters.http.local_ratelimit',
    typed_config: typed('extensions.filters.http.local_ratelimit.v3.LocalRateLimit', {
      stat_prefix: name,
      token_bucket: {
        max_tokens: burst ?? requests,
        tokens_per_fill: requests,
        fill_interval: seconds(per ?? Duration.seconds(1)),
      },
      filter_enabled: always,
      filter_enforced: always,
    }),
  };
}

type LogField = Pick<EnvoyLogField, '_name' | '_format'>;

/** A line of JSON for each request, on stdout. */
export function accessLog(fields: readonly LogField[]): object {
  return {
    name: 'envoy.access_loggers.stdout',
    typed_config: typed('extensions.access_loggers.stream.v3.StdoutAccessLog', {
      log_format: { json_format: Object.fromEntries(fields.map(({ _name, _format }) => [_name, _format])) },
    }),
  };
}

/** What is logged of requests to services, besides what is of requests to the app. */
const LOGGED: readonly LogField[] = [
  EnvoyLogField.TIME,
  { _name: 'service', _format: '%ROUTE_NAME%' },
  EnvoyLogField.METHOD,
  EnvoyLogField.PATH,
  EnvoyLogField.STATUS,
  EnvoyLogField.FLAGS,
  { _name: 'attempts', _format: '%UPSTREAM_REQUEST_ATTEMPT_COUNT%' },
  { _name: 'upstream', _format: '%UPSTREAM_HOST%' },
  EnvoyLogField.MILLISECONDS,
  EnvoyLogField.BYTES_RECEIVED,
  EnvoyLogField.BYTES_SENT,
];
