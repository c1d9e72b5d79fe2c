import { isIP } from 'node:net';
import { duplicates } from '../../values/duplicates';
import { hostProblem, isHost, rangeProblem, searchedNameProblem } from '../../values/address';
import {
  countProblem,
  durationProblem,
  kibibytes,
  portProblems,
  secondsProblem,
  size,
  sizeProblem,
} from '../settings/limits';
import { DEFAULT_LISTEN_ADDRESS, isOwnHost, listenAddressProblem } from '../settings/listen-address';
import { isRecord } from '../../values/record';
import {
  duration as durationShape,
  enumOf,
  fields,
  flag,
  kind,
  listOf,
  made,
  named,
  ofMode,
  onlyFields,
  shown,
  text,
} from '../../values/shape';
import { shownUrl } from '../../values/shown-url';
import { quoteList } from '../../values/text';
import { authorityProblems, TLS_OBJECTS } from '../settings/tls-sources';
import { Upstream, upstreamOf } from '../settings/upstream';
import { DEFAULT_LISTEN, DEFAULT_STALE, keyOf, NameKind, nameKindOf, sizesOf } from './nginx-cache-config';
import { NginxCacheSettings, NginxCacheStale, NginxCacheTimeouts } from './nginx-cache-settings';
import { NginxVariable } from './nginx-variable';

const condition = kind(
  'a condition, as in NginxCacheCondition.header("x-refresh")',
  (value) => isRecord(value) && '_variable' in value && !('_part' in value),
);
const TIMEOUTS = [
  'connect',
  'send',
  'read',
  'cacheLock',
  'cacheLockAge',
] as const satisfies readonly (keyof NginxCacheTimeouts)[];

/** Settings in so far as their names, numbers and addresses can be looked at. */
const SETTINGS = fields(
  { upstream: text },
  {
    ...named('hostHeader', 'listen', 'listenAddress', 'healthPort', 'minUses', 'workers', 'maxConnections'),
    tls: ofMode('an NginxCacheTls, as in NginxCacheTls.unverified()', 'verified', 'unverified'),
    nameservers: listOf('addresses', nameserverShape),
    cacheSize: size,
    maxAnswerSize: size,
    keysZoneSize: size,
    maxBodySize: size,
    inactive: durationShape,
    times: listOf('times', onlyFields({ time: durationShape }, { statuses: listOf('statuses', () => []) })),
    honorUpstream: flag,
    useStale: listOf('NginxCacheStale', enumOf('NginxCacheStale', NginxCacheStale)),
    backgroundUpdate: flag,
    cacheLock: flag,
    key: listOf('parts', made('_part', 'a part, as in NginxCacheKey.uri()')),
    cachePost: flag,
    bypass: listOf('conditions', condition),
    noStore: listOf('conditions', condition),
    shareAuthorized: flag,
    timeouts: onlyFields({}, Object.fromEntries(TIMEOUTS.map((name) => [name, durationShape]))),
    shutdownTimeout: durationShape,
    statusHeader: flag,
    accessLog: flag,
  },
);
const TLS = onlyFields({}, { ...TLS_OBJECTS, serverName: text });

/** A year. */
const MAX_SECONDS = 31_536_000;
const MEBIBYTE = 1024;
/** A tebibyte, in kibibytes. */
const MAX_SIZE = 2 ** 30;

/** All that is wrong with settings, a sentence each; none if nginx takes them as they are meant. */
export function nginxCacheProblems(settings: NginxCacheSettings): readonly string[] {
  const misshapen = SETTINGS(settings, '');
  if (misshapen.length > 0) {
    return misshapen;
  }
  const { listen = DEFAULT_LISTEN, healthPort, hostHeader, timeouts = {} } = settings;
  const { listenAddress = DEFAULT_LISTEN_ADDRESS } = settings;
  const sizes = [
    ...sizeProblem('cacheSize', settings.cacheSize, MEBIBYTE, MAX_SIZE),
    ...sizeProblem('maxAnswerSize', settings.maxAnswerSize, 1, MAX_SIZE),
    // Of shared memory, which nginx divides into pages of up to 64 KiB.
    ...sizeProblem('keysZoneSize', settings.keysZoneSize, MEBIBYTE, 4096 * MEBIBYTE),
    ...sizeProblem('maxBodySize', settings.maxBodySize, 1, MAX_SIZE),
  ];
  return [
    ...upstreamProblems(settings),
    ...(hostHeader === undefined || (typeof hostHeader === 'string' && HOST_HEADER.test(hostHeader))
      ? []
      : [`hostHeader is ${shown(hostHeader)}; give a name, and perhaps a port`]),
    ...portProblems(Object.entries({ listen, ...(healthPort !== undefined && { healthPort }) })),
    ...listenAddressProblem(listenAddress),
    ...(settings.nameservers?.length === 0 ? ['nameservers is empty; give at least one address or leave it out'] : []),
    ...sizes,
    ...(sizes.length > 0 ? [] : answerSizeProblems(settings)),
    ...secondsProblem('inactive', settings.inactive, 1, MAX_SECONDS),
    ...timesProblems(settings),
    ...staleProblems(settings),
    ...keyProblems(settings),
    ...conditionProblems('bypass', settings.bypass),
    ...conditionProblems('noStore', settings.noStore),
    ...countProblem('minUses', settings.minUses, 1, 1000),
    ...countProblem('workers', settings.workers, 1, 64),
    // One for the main container, and one for the upstream.
    ...countProblem('maxConnections', settings.maxConnections, 16, 65_536),
    ...TIMEOUTS.flatMap((name) => durationProblem(`timeouts.${name}`, timeouts[name])),
    ...durationProblem('shutdownTimeout', settings.shutdownTimeout),
    ...(settings.cacheLock === false
      ? (['cacheLock', 'cacheLockAge'] as const).flatMap((name) =>
          timeouts[name] ? [`timeouts.${name} is given, but "cacheLock" is false; leave out one of them`] : [],
        )
      : []),
  ];
}

const HOST_HEADER = /^(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?$/;

function upstreamProblems(settings: NginxCacheSettings): string[] {
  const upstream = upstreamOf(settings.upstream);
  const given = shownUrl(settings.upstream);
  if (!upstream) {
    return [
      `upstream is ${given}; give "http://" or "https://", a host, and perhaps a port; a path is what each request says`,
    ];
  }
  const { host, givenPort, port, isAbsolute } = upstream;
  const problems = [
    ...hostProblem('the host of upstream', host),
    ...(givenPort === undefined ? [] : rangeProblem('the port of upstream', givenPort, 1, 65535)),
    ...tlsProblems(settings, upstream),
  ];
  if (/^[^.]+\.(?!svc$)[^.]+$/.test(host) && isIP(host) === 0 && !isAbsolute && !settings.nameservers) {
    problems.push(
      `the host of upstream is ${shown(host)}, which could be a Service and its namespace, or a public name; give ` +
        `${shown(`${host}.svc`)} for the one, or ${shown(`${host}.`)} for the other`,
    );
  }
  if (settings.nameservers && !isAbsolute && isHost(host) && nameKindOf(upstream) !== NameKind.ADDRESS) {
    problems.push(...searchedNameProblem('the host of upstream', host, 'nginx cannot look up by "nameservers"'));
  }
  const { listen = DEFAULT_LISTEN, healthPort } = settings;
  if (isOwnHost(host) && [listen, healthPort].includes(port)) {
    problems.push(`upstream is ${given}, the ambassador itself, which listens there; give it another port in "listen"`);
  }
  return problems;
}

function tlsProblems({ tls }: NginxCacheSettings, { scheme, host }: Upstream): string[] {
  const misshapen = tls ? TLS(tls._options, 'tls') : [];
  if (misshapen.length > 0) {
    return [...misshapen];
  }
  const { caSecret, caConfigMap, caKey, serverName } = tls?._options ?? {};
  const authorities = Object.entries({ caSecret, caConfigMap, caKey }).filter(([, value]) => value !== undefined);
  const problems = serverName === undefined ? [] : hostProblem('tls.serverName', serverName);
  if (tls && scheme !== 'https') {
    problems.push('there is "tls", but upstream is "http:"; begin that with "https:", or leave this out');
  }
  if (tls?._mode === 'unverified') {
    return authorities.length === 0
      ? problems
      : [
          ...problems,
          `tls is unverified and has ${quoteList(authorities.map(([name]) => name))}; use NginxCacheTls.verified(…)`,
        ];
  }
  problems.push(...authorityProblems('tls', { caSecret, caConfigMap }, { caKey }));
  if (scheme === 'https' && isIP(serverName ?? host) !== 0) {
    problems.push(
      `${shown(serverName ?? host)} is an address, and nginx verifies names alone; give the name that the certificate has ` +
        'in "serverName" of NginxCacheTls.verified(…)',
    );
  }
  return problems;
}

function answerSizeProblems(settings: NginxCacheSettings): string[] {
  const { maxAnswerSize } = settings;
  const { cache } = sizesOf(settings);
  return maxAnswerSize && kibibytes(maxAnswerSize) > cache
    ? [`maxAnswerSize is ${kibibytes(maxAnswerSize)} KiB, more than cacheSize, ${cache} KiB; lower it or raise that`]
    : [];
}

function timesProblems({ times = [], honorUpstream = true }: NginxCacheSettings): string[] {
  const statuses = times.flatMap((time) => time.statuses ?? []);
  const problems = times.flatMap((time, index) => [
    ...secondsProblem(`times[${index}].time`, time.time, 0, MAX_SECONDS),
    ...(time.statuses?.length === 0 ? [`times[${index}].statuses is empty; give at least one or leave it out`] : []),
  ]);
  problems.push(...statuses.flatMap((status) => rangeProblem('a status in times', status, 200, 599)));
  for (const status of duplicates(statuses)) {
    problems.push(`times has the status ${status} twice, of which nginx would take the first; give it once`);
  }
  if (times.filter((time) => time.statuses === undefined).length > 1) {
    problems.push('times has two entries without statuses, of which nginx would take the first; give one');
  }
  if (!honorUpstream && !times.some(({ time }) => time.toMilliseconds({ integral: false }) > 0)) {
    problems.push('honorUpstream is false, and without "times" nothing is stored at all; give one of them');
  }
  return problems;
}

function staleProblems({ useStale = DEFAULT_STALE, backgroundUpdate }: NginxCacheSettings): string[] {
  return [
    ...(new Set(useStale).size < useStale.length ? ['useStale has something twice; give it once'] : []),
    ...(backgroundUpdate && !useStale.includes(NginxCacheStale.UPDATING)
      ? ['backgroundUpdate needs NginxCacheStale.UPDATING in "useStale"; give that or leave this out']
      : []),
  ];
}

function keyProblems(settings: NginxCacheSettings): string[] {
  const { cachePost = false } = settings;
  const key = keyOf(settings);
  const parts = key.map(({ _part }) => _part);
  return [
    ...key.flatMap(({ _variable }) => variableProblem('key', _variable)),
    ...(parts.includes('uri') || parts.includes('path')
      ? []
      : ['key has no path, so that all would get one answer; give NginxCacheKey.uri() or NginxCacheKey.path()']),
    ...(cachePost && !(parts.includes('method') && parts.includes('body'))
      ? [
          'cachePost is true, and key lacks what tells answers to POST apart; give it NginxCacheKey.method() and NginxCacheKey.body()',
        ]
      : []),
    ...(!cachePost && parts.includes('body')
      ? ['key has the body, which nginx keeps with "cachePost" alone; give that, or leave it out of the key']
      : []),
  ];
}

function conditionProblems(what: string, conditions: NginxCacheSettings['bypass'] = []): string[] {
  return conditions.flatMap(({ _variable }) => variableProblem(what, _variable));
}

function variableProblem(what: string, variable: NginxVariable): string[] {
  return 'problem' in variable ? [`${what} ${variable.problem}`] : [];
}

/** An address with or without a port. */
function nameserverShape(value: unknown, path: string): readonly string[] {
  const match = typeof value === 'string' ? /^(?:\[(.+)\]|([0-9.]+))(?::([0-9]{1,5}))?$|^(.+)$/.exec(value) : null;
  const address = match?.[1] ?? match?.[2] ?? match?.[4] ?? '';
  const port = Number(match?.[3] ?? 53);
  const isRight =
    isIP(address) !== 0 &&
    !address.includes('%') &&
    (match?.[1] === undefined || isIP(address) === 6) &&
    port > 0 &&
    port < 65_536;
  return isRight ? [] : [`${path} is ${shown(value)}; give an IP address, and perhaps a port`];
}
