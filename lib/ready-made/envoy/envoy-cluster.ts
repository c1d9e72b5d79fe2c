import { Duration } from 'cdk8s';
import { isIP } from 'node:net';
import { certifiedHost } from '../../values/address';
import { seconds, socket, typed } from './envoy-message';
import { caSecretOf, clientSecretOf, reference } from './envoy-secrets';
import { EnvoyDnsFamily, EnvoyOutlierDetection, EnvoyService } from './envoy-settings';
import { EnvoyTls } from './envoy-tls';
import { authority, isSecure, nameOf, Upstream, upstreamsOf } from './envoy-upstream';

export const DEFAULT_EJECTION_TIME = Duration.seconds(30);
const DEFAULT_MAX_EJECTION_TIME = Duration.minutes(5);
const DEFAULT_CA_FILE = '/etc/ssl/certs/ca-certificates.crt';
const DEFAULT_LIMIT = 1024;

/** A cluster, which is what Envoy calls a service, with its endpoints. */
export function cluster(name: string, type: object, endpoints: readonly object[]): object {
  return { name, ...type, load_assignment: { cluster_name: name, endpoints: [{ lb_endpoints: endpoints }] } };
}

export function serviceCluster(service: EnvoyService): object {
  const { circuitBreaker = {}, retries, outlierDetection, timeouts = {}, hostHeader } = service;
  const name = nameOf(service);
  const upstreams = upstreamsOf(service);
  return {
    ...cluster(
      name,
      { cluster_type: { name: 'envoy.cluster.dns', typed_config: dns(service) } },
      upstreams.map((upstream) => ({
        endpoint: {
          address: socket(lookedUp(upstream), upstream.port),
          ...(hostHeader === undefined && { hostname: authority(upstream) }),
        },
        ...(needsMatches(service) && {
          metadata: { filter_metadata: { [MATCH]: { [SERVER_NAME]: serverNameOf(service, upstream) } } },
        }),
      })),
    ),
    connect_timeout: seconds(timeouts.connect ?? Duration.seconds(5)),
    circuit_breakers: {
      thresholds: [
        {
          max_connections: circuitBreaker.maxConnections ?? DEFAULT_LIMIT,
          max_pending_requests: circuitBreaker.maxPendingRequests ?? DEFAULT_LIMIT,
          max_requests: circuitBreaker.maxRequests ?? DEFAULT_LIMIT,
          ...(retries && {
            retry_budget: {
              budget_percent: { value: retries.budget?.percent ?? 20 },
              min_retry_concurrency: retries.budget?.minConcurrency ?? 3,
            },
          }),
        },
      ],
    },
    common_lb_config: {
      // Otherwise all addresses are used when more than half of them fail.
      healthy_panic_threshold: { value: 0 },
      // Otherwise one that fails is used for up to a second more.
      update_merge_window: '0s',
    },
    ...(outlierDetection && { outlier_detection: outliers(outlierDetection) }),
    typed_extension_protocol_options: {
      'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': typed(
        'extensions.upstreams.http.v3.HttpProtocolOptions',
        {
          common_http_protocol_options: { idle_timeout: seconds(timeouts.keepAlive ?? Duration.seconds(30)) },
          explicit_http_config: service.http2 ? { http2_protocol_options: {} } : { http_protocol_options: {} },
        },
      ),
    },
    ...(isSecure(service) && transport(service, upstreams)),
  };
}

/** With the dot that keeps search domains off, which `localhost` does without. */
function lookedUp({ host, isAbsolute }: Upstream): string {
  return isAbsolute && host !== 'localhost' ? `${host}.` : host;
}

function dns({ dnsFamily = EnvoyDnsFamily.IPV4_PREFERRED }: EnvoyService): object {
  return typed('extensions.clusters.dns.v3.DnsCluster', {
    // A name that is not there yet is found soon after it is.
    dns_failure_refresh_rate: { base_interval: '0.5s', max_interval: '1s' },
    dns_lookup_family: dnsFamily,
  });
}

function outliers(detection: EnvoyOutlierDetection): object {
  const { consecutiveErrors = 5, gatewayErrorsOnly = false, ejectionTime = DEFAULT_EJECTION_TIME } = detection;
  const longest = Math.max(ejectionTime.toMilliseconds(), DEFAULT_MAX_EJECTION_TIME.toMilliseconds());
  return {
    consecutive_5xx: consecutiveErrors,
    enforcing_consecutive_5xx: gatewayErrorsOnly ? 0 : 100,
    consecutive_gateway_failure: consecutiveErrors,
    enforcing_consecutive_gateway_failure: gatewayErrorsOnly ? 100 : 0,
    // What is compared with other addresses ejects one nobody would expect it for.
    enforcing_success_rate: 0,
    interval: seconds(detection.interval ?? Duration.seconds(1)),
    base_ejection_time: seconds(ejectionTime),
    max_ejection_time: seconds(detection.maxEjectionTime ?? Duration.millis(longest)),
    max_ejection_percent: detection.maxEjectionPercent ?? 100,
    always_eject_one_host: true,
  };
}

const MATCH = 'envoy.transport_socket_match';
const SERVER_NAME = 'server_name';

function serverNameOf({ tls }: EnvoyService, { host }: Upstream): string {
  return certifiedHost(tls?._options.serverName ?? host);
}

function serverNamesOf(service: EnvoyService, upstreams: readonly Upstream[]): string[] {
  return [...new Set(upstreams.map((upstream) => serverNameOf(service, upstream)))];
}

/** Whether its upstreams have to show certificates of different names. */
function needsMatches(service: EnvoyService): boolean {
  const upstreams = upstreamsOf(service);
  return isSecure(service) && serverNamesOf(service, upstreams).length > 1;
}

function transport(service: EnvoyService, upstreams: readonly Upstream[]): object {
  const names = serverNamesOf(service, upstreams);
  return names.length === 1
    ? { transport_socket: transportSocket(service, names[0]) }
    : {
        transport_socket_matches: names.map((name) => ({
          name,
          match: { [SERVER_NAME]: name },
          transport_socket: transportSocket(service, name),
        })),
      };
}

function transportSocket({ tls = EnvoyTls.verified() }: EnvoyService, serverName: string): object {
  const client = clientSecretOf(tls);
  return {
    name: 'envoy.transport_sockets.tls',
    typed_config: typed('extensions.transport_sockets.tls.v3.UpstreamTlsContext', {
      // Addresses have no SNI.
      ...(isIP(serverName) === 0 && { sni: serverName }),
      common_tls_context: {
        tls_params: { tls_minimum_protocol_version: 'TLSv1_2', tls_maximum_protocol_version: 'TLSv1_3' },
        ...(client && { tls_certificate_sds_secret_configs: [reference(client)] }),
        ...(tls._mode === 'verified' && verification(tls, serverName)),
      },
    }),
  };
}

function verification(tls: EnvoyTls, serverName: string): object {
  const ca = caSecretOf(tls);
  const context = {
    match_typed_subject_alt_names: [
      { san_type: isIP(serverName) === 0 ? 'DNS' : 'IP_ADDRESS', matcher: { exact: serverName } },
    ],
  };
  return ca
    ? {
        combined_validation_context: {
          default_validation_context: context,
          validation_context_sds_secret_config: reference(ca),
        },
      }
    : { validation_context: { trusted_ca: { filename: tls._options.caFile ?? DEFAULT_CA_FILE }, ...context } };
}
