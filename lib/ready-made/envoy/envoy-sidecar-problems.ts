import { duplicates } from '../../values/duplicates';
import { countProblem, durationProblem, portProblems, size, sizeProblem } from '../settings/limits';
import { SECRET_HEADER } from '../settings/secret-header';
import {
  duration as durationShape,
  enumOf,
  fields,
  flag,
  listOf,
  made,
  named,
  objectName,
  onlyFields,
  port,
  present,
  shown,
  text,
} from '../../values/shape';
import { shownUrl } from '../../values/shown-url';
import { quoteList } from '../../values/text';
import { authorityProblems, TLS_OBJECTS } from '../settings/tls-sources';
import { ownPortsOf } from './envoy-bootstrap';
import { EnvoyEdgeTls, EnvoyTlsVersion } from './envoy-edge-tls';
import { EnvoyLogField } from './envoy-log-field';
import { DEFAULT_APP_ADDRESS, DEFAULT_EDGE_ADDRESS, ownSettingsOf } from './envoy-sidecar-config';
import { EnvoyAppHealth, EnvoySidecarSettings } from './envoy-sidecar-settings';
import { HEADER, optionalOf, RATE_LIMIT, rateLimitProblems } from './envoy-values';

const SETTINGS = fields(
  {
    listen: present(port),
    appPort: present(port),
    tls: made('_edge', 'an EnvoyEdgeTls, for instance EnvoyEdgeTls.fromSecret("web-tls")'),
  },
  {
    ...named('listenAddress', 'appAddress', 'redirectPort', 'healthPort', 'metricsPort', 'adminPort'),
    ...named('trustedProxies', 'maxConnections', 'maxRequests'),
    http2: flag,
    webSocket: flag,
    health: optionalOf({
      path: text,
      host: text,
      interval: durationShape,
      timeout: durationShape,
      ...named('failures', 'successes'),
    }),
    timeouts: optionalOf({
      request: durationShape,
      headers: durationShape,
      idle: durationShape,
      clientKeepAlive: durationShape,
      appKeepAlive: durationShape,
    }),
    accessLog: listOf('EnvoyLogField', made('_format', 'an EnvoyLogField, for instance EnvoyLogField.STATUS')),
    maxHeaderSize: size,
    maxBodySize: size,
    rateLimit: RATE_LIMIT,
  },
);

const TLS = onlyFields(
  {},
  {
    minVersion: enumOf('EnvoyTlsVersion', EnvoyTlsVersion),
    clientCaSecret: TLS_OBJECTS.caSecret,
    clientCaConfigMap: TLS_OBJECTS.caConfigMap,
    clientCaKey: TLS_OBJECTS.caKey,
    clients: listOf('names', text),
  },
);

const APP_ADDRESSES = ['127.0.0.1', '::1'];
/** Of no other could anybody reach the pod. */
const EDGE_ADDRESSES = ['0.0.0.0', '::'];
const MAX_HEADER_KIBIBYTES = 8192;
const MAX_BODY_KIBIBYTES = 1024 * 1024;

/** All that is wrong with settings, a sentence each; none if Envoy takes them as they are meant. */
export function sidecarProblems(settings: EnvoySidecarSettings): readonly string[] {
  const misshapen = SETTINGS(settings, '');
  if (misshapen.length > 0) {
    return misshapen;
  }
  const { listen, appPort, redirectPort, tls, timeouts = {}, trustedProxies } = settings;
  const { listenAddress = DEFAULT_EDGE_ADDRESS, appAddress = DEFAULT_APP_ADDRESS } = settings;
  return [
    ...oneOfProblem('listenAddress', listenAddress, EDGE_ADDRESSES),
    ...oneOfProblem('appAddress', appAddress, APP_ADDRESSES),
    ...portProblems([
      ...Object.entries({ listen, appPort, ...(redirectPort !== undefined && { redirectPort }) }),
      ...ownPortsOf(ownSettingsOf(settings)),
    ]),
    ...tlsProblems(tls),
    ...(redirectPort !== undefined && tls._edge.kind === 'plaintext'
      ? ['redirectPort sends clients to "https:", but "tls" is none; give a certificate, or leave that out']
      : []),
    ...healthProblems(settings.health ?? {}),
    ...durationProblem('timeouts.request', timeouts.request, 0),
    ...durationProblem('timeouts.headers', timeouts.headers, 0),
    ...durationProblem('timeouts.idle', timeouts.idle, 0),
    ...durationProblem('timeouts.clientKeepAlive', timeouts.clientKeepAlive),
    ...durationProblem('timeouts.appKeepAlive', timeouts.appKeepAlive),
    ...countProblem('trustedProxies', trustedProxies, 0, 100),
    ...logProblems(settings.accessLog ?? []),
    ...countProblem('maxConnections', settings.maxConnections),
    ...countProblem('maxRequests', settings.maxRequests),
    ...sizeProblem('maxHeaderSize', settings.maxHeaderSize, 1, MAX_HEADER_KIBIBYTES),
    ...sizeProblem('maxBodySize', settings.maxBodySize, 1, MAX_BODY_KIBIBYTES),
    ...rateLimitProblems('', settings.rateLimit),
  ];
}

function oneOfProblem(what: string, value: string, all: readonly string[]): string[] {
  return all.includes(value) ? [] : [`${what} is ${shown(value)}; give one of ${quoteList(all)}`];
}

function tlsProblems({ _edge: edge }: EnvoyEdgeTls): string[] {
  if (edge.kind === 'plaintext') {
    return [];
  }
  const { secret, options } = edge;
  const misshapen = TLS(options, 'tls');
  if (misshapen.length > 0) {
    return [...misshapen];
  }
  const { clientCaSecret, clientCaConfigMap, clientCaKey, clients } = options;
  return [
    ...objectName(secret, 'the Secret of tls'),
    ...authorityProblems('tls', { clientCaSecret, clientCaConfigMap }, { clientCaKey }),
    ...(clients && clientCaSecret === undefined && clientCaConfigMap === undefined
      ? ['tls.clients are names in certificates, of which none is asked for; give "clientCaSecret", or leave them out']
      : []),
    ...(clients?.length === 0 ? ['tls.clients is empty; give at least one, or leave it out to let all in'] : []),
    ...(clients ?? []).flatMap((name) =>
      NAME.test(name) ? [] : [`a name in tls.clients is ${shown(name)}; give a DNS name, or a URI as "spiffe://…"`],
    ),
  ];
}

const NAME = /^(?:[A-Za-z][A-Za-z0-9+.-]*:\/\/[!-~]+|[A-Za-z0-9*](?:[A-Za-z0-9.*_-]*[A-Za-z0-9])?)$/;

function healthProblems(health: EnvoyAppHealth): string[] {
  const { path, host, interval, timeout, failures, successes } = health;
  return [
    ...(path === undefined || /^\/[!"$-~]*$/.test(path)
      ? []
      : [
          `health.path is ${shownUrl(path)}; give a path that begins with "/", of printable ASCII without spaces and "#"`,
        ]),
    ...(host === undefined || /^[A-Za-z0-9._-]+(?::[0-9]{1,5})?$/.test(host)
      ? []
      : [`health.host is ${shown(host)}; give a name, and perhaps a port`]),
    ...(host !== undefined && path === undefined
      ? ['health.host goes with a request, and none is sent without "path"; give that, or leave it out']
      : []),
    ...durationProblem('health.interval', interval),
    ...durationProblem('health.timeout', timeout),
    ...countProblem('health.failures', failures),
    ...countProblem('health.successes', successes),
  ];
}

function logProblems(log: readonly EnvoyLogField[]): string[] {
  const names = log.map(({ _name: name }) => name);
  return [
    ...log.flatMap(({ _name: name, _header: header }) => [
      ...(typeof name === 'string' && /^[A-Za-z0-9_.-]{1,64}$/.test(name)
        ? []
        : [`a field of accessLog is named ${shown(name)}; give 1 to 64 letters, digits, "_", "." and "-"`]),
      ...(header === undefined ? [] : headerProblem(header.name)),
    ]),
    ...duplicates(names).map((name) => `two fields of accessLog are named ${shown(name)}; give each a name of its own`),
  ];
}

function headerProblem(header: string): string[] {
  if (typeof header !== 'string' || !HEADER.test(header) || header.includes('%')) {
    return [`the header ${shown(header)} in accessLog has no name of letters, digits and "-"`];
  }
  return SECRET_HEADER.test(header)
    ? [`the header ${shown(header)} in accessLog is secret by its name, and a log is none; leave it out`]
    : [];
}
