import { ENVIRONMENT } from '../../contributions/helper-shape';
import { duplicates } from '../../values/duplicates';
import { hostAndPort, hostProblem, rangeProblem } from '../../values/address';
import { countProblem, durationProblem, MAX_MILLISECONDS, portProblems } from '../settings/limits';
import {
  duration as durationShape,
  enumOf,
  fields,
  flag,
  listOf,
  named,
  ofMode,
  onlyFields,
  port as portShape,
  present,
  shown,
  text,
} from '../../values/shape';
import { shownUrl } from '../../values/shown-url';
import { quoteList } from '../../values/text';
import { authorityProblems, TLS_OBJECTS } from '../settings/tls-sources';
import { HeaderLimits, HEADERS, headersProblems, headerValueProblems } from '../headers/header-problems';
import { DEFAULT_EJECTION_TIME } from './envoy-cluster';
import { ownPortsOf } from './envoy-bootstrap';
import { DEFAULT_BACKOFF, DEFAULT_REQUEST_TIMEOUT } from './envoy-routes';
import { isSecure, nameOf, Upstream, upstreamOf } from './envoy-upstream';
import { EnvoyDnsFamily, EnvoyRetryOn, EnvoyService, EnvoySettings } from './envoy-settings';
import { HEADER, optionalOf, RATE_LIMIT, rateLimitProblems } from './envoy-values';
import { DEFAULT_LISTEN_ADDRESS, isOwnHost, listenAddressProblem } from '../settings/listen-address';

const SERVICE = onlyFields(
  { upstreams: listOf('URLs', text), listen: present(portShape) },
  {
    name: text,
    tls: ofMode('an EnvoyTls, for instance EnvoyTls.verified()', 'verified', 'unverified'),
    http2: flag,
    hostHeader: text,
    headers: HEADERS,
    timeouts: optionalOf({
      connect: durationShape,
      request: durationShape,
      idle: durationShape,
      keepAlive: durationShape,
    }),
    retries: optionalOf({
      ...named('maxRetries'),
      on: listOf('EnvoyRetryOn', enumOf('EnvoyRetryOn', EnvoyRetryOn)),
      statuses: listOf('statuses', () => []),
      allMethods: flag,
      attemptTimeout: durationShape,
      backoff: durationShape,
      maxBackoff: durationShape,
      budget: optionalOf(named('percent', 'minConcurrency')),
    }),
    circuitBreaker: optionalOf(named('maxConnections', 'maxPendingRequests', 'maxRequests')),
    outlierDetection: optionalOf({
      ...named('consecutiveErrors', 'maxEjectionPercent'),
      gatewayErrorsOnly: flag,
      ejectionTime: durationShape,
      maxEjectionTime: durationShape,
      interval: durationShape,
    }),
    rateLimit: RATE_LIMIT,
    dnsFamily: enumOf('EnvoyDnsFamily', EnvoyDnsFamily),
    env: ENVIRONMENT,
  },
);

const SETTINGS = fields(
  { services: listOf('services', SERVICE) },
  { ...named('listenAddress', 'healthPort', 'metricsPort', 'adminPort', 'maxConnections'), accessLog: flag },
);

const TLS = optionalOf({ ...TLS_OBJECTS, caFile: text, serverName: text });

/** All that is wrong with settings, a sentence each; none if Envoy takes them as they are meant. */
export function envoyProblems(settings: EnvoySettings): readonly string[] {
  const misshapen = SETTINGS(settings, '');
  if (misshapen.length > 0) {
    return misshapen;
  }
  const { services, listenAddress = DEFAULT_LISTEN_ADDRESS } = settings;
  return [
    ...(services.length === 0 ? ['there is no service; give at least one in "services"'] : []),
    ...listenAddressProblem(listenAddress),
    ...countProblem('maxConnections', settings.maxConnections),
    ...portProblems([
      ...services.map(({ listen }, index) => [`services[${index}].listen`, listen] as const),
      ...ownPortsOf(settings),
    ]),
    ...nameProblems(services),
    ...services.flatMap((service) => serviceProblems(service, settings)),
  ];
}

function nameProblems(services: readonly EnvoyService[]): string[] {
  const names = services.map(nameOf);
  return [
    ...services.flatMap(({ name }) =>
      name === undefined || /^[A-Za-z0-9_-]{1,60}$/.test(name)
        ? []
        : [`the name of a service is ${shown(name)}; give 1 to 60 letters, digits, "-" and "_"`],
    ),
    // Services of one port have one name as well, and were told already.
    ...[
      ...new Set(names.filter((name, index) => names.indexOf(name) !== index && services[index].name !== undefined)),
    ].map((name) => `two services are named ${shown(name)}; the names are ${quoteList(names)}: make them differ`),
  ];
}

function serviceProblems(service: EnvoyService, settings: EnvoySettings): string[] {
  const where = `service ${shown(nameOf(service))}`;
  return [
    ...upstreamProblems(where, service, settings),
    ...tlsProblems(where, service),
    ...(service.hostHeader === undefined || /^[A-Za-z0-9._-]+(?::[0-9]{1,5})?$/.test(service.hostHeader)
      ? []
      : [`hostHeader of ${where} is ${shown(service.hostHeader)}; give a name, and perhaps a port`]),
    ...headersProblems(`of ${where}`, service.headers ?? {}, HEADER_LIMITS),
    ...timeoutProblems(where, service),
    ...retryProblems(where, service),
    ...breakerProblems(where, service),
    ...outlierProblems(where, service),
    ...rateLimitProblems(` of ${where}`, service.rateLimit),
  ];
}

function upstreamProblems(where: string, { upstreams }: EnvoyService, settings: EnvoySettings): string[] {
  const problems: string[] = [];
  if (upstreams.length === 0) {
    problems.push(`${where} has no upstream; give at least one URL in "upstreams"`);
  }
  const found: Upstream[] = [];
  for (const url of upstreams) {
    const upstream = upstreamOf(url);
    if (!upstream) {
      problems.push(
        `the upstream ${shownUrl(url)} of ${where} is none of "http://" or "https://", a host, and perhaps a ` +
          'port; a path is what each request says, and what is secret goes into a header by HeaderValue.fromSecret(…)',
      );
      continue;
    }
    found.push(upstream);
    problems.push(
      ...hostProblem(`the host of the upstream ${shownUrl(url)}`, upstream.host),
      ...(upstream.givenPort === undefined
        ? []
        : rangeProblem(`the port of ${shownUrl(url)}`, upstream.givenPort, 1, 65535)),
    );
    const listens = [...settings.services.map((one) => one.listen), ...ownPortsOf(settings).values()];
    if (isOwnHost(upstream.host) && listens.includes(upstream.port)) {
      problems.push(
        `the upstream ${shownUrl(url)} of ${where} is the ambassador itself, which listens there; give the service another port`,
      );
    }
  }
  if (new Set(found.map(({ scheme }) => scheme)).size > 1) {
    problems.push(`the upstreams of ${where} are partly "http:" and partly "https:"; make services of them`);
  }
  const places = found.map(({ host, port }) => hostAndPort(host, port));
  for (const place of duplicates(places)) {
    problems.push(`two upstreams of ${where} are ${place}; give it once`);
  }
  return problems;
}

function tlsProblems(where: string, service: EnvoyService): string[] {
  const { tls } = service;
  if (!tls) {
    return [];
  }
  const misshapen = TLS(tls._options, `tls of ${where}`);
  if (misshapen.length > 0) {
    return [...misshapen];
  }
  const { caSecret, caConfigMap, caKey, caFile, serverName } = tls._options;
  const authorities = Object.entries({ caSecret, caConfigMap, caKey, caFile }).filter(
    ([, value]) => value !== undefined,
  );
  return [
    ...(isSecure(service) || service.upstreams.length === 0
      ? []
      : [`${where} has "tls", but its upstreams are "http:"; begin them with "https:", or leave that out`]),
    ...authorityProblems(`tls of ${where}`, { caSecret, caConfigMap }, { caKey }, { caFile }),
    ...(tls._mode === 'unverified' && authorities.length > 0
      ? [
          `tls of ${where} is unverified and has ${quoteList(authorities.map(([name]) => name))}; use EnvoyTls.verified(…)`,
        ]
      : []),
    ...(caFile === undefined || /^\/[ -~]+$/.test(caFile)
      ? []
      : [`caFile of ${where} is ${shown(caFile)}; give an absolute path in the image`]),
    ...(serverName === undefined ? [] : hostProblem(`serverName of ${where}`, serverName)),
  ];
}

/** What HTTP itself says, and what Envoy takes for orders. */
const RESERVED =
  /^(?:host|te|connection|keep-alive|upgrade|proxy-connection|transfer-encoding|content-length|x-forwarded-proto|x-envoy-.*)$/i;

const HEADER_LIMITS: HeaderLimits = {
  names: HEADER,
  characters: 'letters, digits and "-"',
  reserved: (name) =>
    /^host$/i.test(name)
      ? 'is given by "hostHeader"; leave it out here'
      : RESERVED.test(name)
        ? 'is what HTTP or Envoy says itself; leave it out'
        : undefined,
  valueProblems: (what, value, rest) =>
    typeof value === 'string' && value.length > 4096
      ? [`${what} has ${value.length} characters; give at most 4096`]
      : headerValueProblems(what, value, rest),
};

function timeoutProblems(where: string, { timeouts = {}, retries }: EnvoyService): string[] {
  const { connect, request, idle, keepAlive } = timeouts;
  const problems = [
    ...durationProblem(`timeouts.connect of ${where}`, connect),
    ...durationProblem(`timeouts.request of ${where}`, request, 0),
    ...durationProblem(`timeouts.idle of ${where}`, idle, 0),
    ...durationProblem(`timeouts.keepAlive of ${where}`, keepAlive),
  ];
  const whole = (request ?? DEFAULT_REQUEST_TIMEOUT).toMilliseconds({ integral: false });
  const attempt = retries?.attemptTimeout?.toMilliseconds({ integral: false });
  if (attempt !== undefined && whole !== 0 && attempt >= whole) {
    problems.push(
      `retries.attemptTimeout of ${where} is ${attempt} ms, and timeouts.request, for all attempts together, ${whole} ms, so ` +
        'that there is no time for a second; make it shorter, or timeouts.request longer',
    );
  }
  return problems;
}

function retryProblems(where: string, { retries }: EnvoyService): string[] {
  if (!retries) {
    return [];
  }
  const { maxRetries, on, statuses = [], attemptTimeout, backoff, maxBackoff, budget = {} } = retries;
  const base = backoff ?? DEFAULT_BACKOFF;
  const { percent } = budget;
  return [
    ...countProblem(`retries.maxRetries of ${where}`, maxRetries, 1, 100),
    ...(on?.length === 0 && statuses.length === 0
      ? [`retries.on of ${where} is empty; give at least one reason or leave it out`]
      : []),
    ...(new Set(on).size < (on ?? []).length ? [`retries.on of ${where} has a reason twice; give it once`] : []),
    ...statuses.flatMap((status) => rangeProblem(`a status in retries.statuses of ${where}`, status, 400, 599)),
    ...(new Set(statuses).size < statuses.length
      ? [`retries.statuses of ${where} has a status twice; give it once`]
      : []),
    ...durationProblem(`retries.attemptTimeout of ${where}`, attemptTimeout),
    ...durationProblem(`retries.backoff of ${where}`, backoff, 1, MAX_MILLISECONDS / 10),
    ...durationProblem(`retries.maxBackoff of ${where}`, maxBackoff),
    ...(maxBackoff && maxBackoff.toMilliseconds({ integral: false }) < base.toMilliseconds({ integral: false })
      ? [
          `retries.maxBackoff of ${where} is ${maxBackoff.toMilliseconds({ integral: false })} ms, less than "backoff", ` +
            `${base.toMilliseconds({ integral: false })} ms; make it longer`,
        ]
      : []),
    ...(percent === undefined || (typeof percent === 'number' && percent > 0 && percent <= 100)
      ? []
      : [`retries.budget.percent of ${where} is ${shown(percent)}; give a number above 0 and up to 100`]),
    ...countProblem(`retries.budget.minConcurrency of ${where}`, budget.minConcurrency, 0),
  ];
}

function breakerProblems(where: string, { circuitBreaker = {} }: EnvoyService): string[] {
  const { maxConnections, maxPendingRequests, maxRequests } = circuitBreaker;
  return Object.entries({ maxConnections, maxPendingRequests, maxRequests }).flatMap(([name, count]) =>
    countProblem(`circuitBreaker.${name} of ${where}`, count),
  );
}

function outlierProblems(where: string, { outlierDetection }: EnvoyService): string[] {
  if (!outlierDetection) {
    return [];
  }
  const { consecutiveErrors, ejectionTime, maxEjectionTime, interval, maxEjectionPercent } = outlierDetection;
  const first = (ejectionTime ?? DEFAULT_EJECTION_TIME).toMilliseconds({ integral: false });
  const longest = maxEjectionTime?.toMilliseconds({ integral: false });
  return [
    ...countProblem(`outlierDetection.consecutiveErrors of ${where}`, consecutiveErrors),
    ...durationProblem(`outlierDetection.ejectionTime of ${where}`, ejectionTime),
    ...durationProblem(`outlierDetection.maxEjectionTime of ${where}`, maxEjectionTime),
    ...durationProblem(`outlierDetection.interval of ${where}`, interval),
    ...(longest !== undefined && longest < first
      ? [
          `outlierDetection.maxEjectionTime of ${where} is ${longest} ms, less than "ejectionTime", ${first} ms; make it longer`,
        ]
      : []),
    ...countProblem(`outlierDetection.maxEjectionPercent of ${where}`, maxEjectionPercent, 1, 100),
  ];
}
