import { isIP } from 'node:net';
import { Duration, Size } from 'cdk8s';
import { kibibytes } from '../settings/limits';
import { authority, Upstream, upstreamOf } from '../settings/upstream';
import { certifiedHost, hostAndPort } from '../../values/address';
import { DEFAULT_LISTEN_ADDRESS } from '../settings/listen-address';
import { NginxCacheKey } from './nginx-cache-key';
import { NginxCacheSettings, NginxCacheStale } from './nginx-cache-settings';
import { NginxCacheTls } from './nginx-cache-tls';
import { NginxVariable } from './nginx-variable';

export const CONFIG_FILE = 'nginx.conf';
/** What the ready-made container writes when it starts. */
export const RESOLVER_FILE = 'resolver.conf';
export const SERVER_FILE = 'server.conf';

export const HEALTH_PATH = '/healthz';
export const DEFAULT_LISTEN = 8080;
export const DEFAULT_SHUTDOWN_TIMEOUT = Duration.seconds(10);
const DEFAULT_CONNECT = Duration.seconds(5);
const DEFAULT_INACTIVE = Duration.days(1);
const DEFAULT_CACHE_SIZE = Size.mebibytes(256);
const DEFAULT_KEYS_SIZE = Size.mebibytes(10);
export const DEFAULT_STALE = [
  NginxCacheStale.ERROR,
  NginxCacheStale.TIMEOUT,
  NginxCacheStale.INVALID_HEADER,
  NginxCacheStale.UPDATING,
  NginxCacheStale.HTTP_500,
  NginxCacheStale.HTTP_502,
  NginxCacheStale.HTTP_503,
  NginxCacheStale.HTTP_504,
];

/** Folders of the container, none inside another. */
export const CONFIG_FOLDER = '/etc/nginx-cache';
export const TLS_FOLDER = '/etc/nginx-cache-tls';
export const ANSWERS_FOLDER = '/var/cache/nginx-cache';
export const RUN_FOLDER = '/run/nginx-cache';
/** Where both Alpine and Debian have the public authorities. */
const PUBLIC_AUTHORITIES = '/etc/ssl/certs/ca-certificates.crt';

/** How a name becomes one that nginx can look up, which completes none. */
export enum NameKind {
  /** It is an address. */
  ADDRESS,
  /** It needs nothing. */
  COMPLETE,
  /** It is a Service of the pod's namespace. */
  IN_NAMESPACE,
  /** It is a Service of any namespace. */
  IN_CLUSTER,
}

export function nameKindOf({ host, isAbsolute }: Upstream): NameKind {
  if (isIP(host) !== 0 || host === 'localhost') {
    return NameKind.ADDRESS;
  }
  if (isAbsolute) {
    return NameKind.COMPLETE;
  }
  if (!host.includes('.')) {
    return NameKind.IN_NAMESPACE;
  }
  return host.endsWith('.svc') ? NameKind.IN_CLUSTER : NameKind.COMPLETE;
}

/** @throws unless settings have an upstream that is one */
export function upstreamIn({ upstream }: NginxCacheSettings): Upstream {
  const found = upstreamOf(upstream);
  if (!found) {
    throw new Error(`no upstream: ${upstream}`);
  }
  return found;
}

/** What the answers may take, and what the volume has for them. */
export function sizesOf({ cacheSize = DEFAULT_CACHE_SIZE }: NginxCacheSettings): { cache: number; volume: number } {
  const cache = kibibytes(cacheSize);
  return { cache, volume: 2 * cache };
}

/** The `nginx.conf` of settings without problems. */
export function renderNginxCacheConfig(settings: NginxCacheSettings): string {
  const { workers = 1, maxConnections = 1024, shutdownTimeout = DEFAULT_SHUTDOWN_TIMEOUT } = settings;
  const { keysZoneSize = DEFAULT_KEYS_SIZE, inactive = DEFAULT_INACTIVE } = settings;
  const { accessLog = false, healthPort, listenAddress } = settings;
  const upstream = upstreamIn(settings);
  return [
    'daemon off;',
    `worker_processes ${workers};`,
    `worker_shutdown_timeout ${millis(shutdownTimeout)};`,
    `pid ${RUN_FOLDER}/nginx.pid;`,
    'error_log stderr;',
    'events {',
    `  worker_connections ${maxConnections};`,
    '}',
    'http {',
    // All of them, as nginx makes the folders of those that it does not use, too.
    ...['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `  ${name}_temp_path ${RUN_FOLDER}/${name};`),
    ...(accessLog
      ? [`  log_format json escape=json '${ACCESS_LOG}';`, '  access_log /dev/stdout json;']
      : ['  access_log off;']),
    '  server_tokens off;',
    ...indent(resolver(settings, upstream)),
    '  upstream origin {',
    '    zone origin 64k;',
    `    ${server(upstream, settings)}`,
    '    keepalive 16;',
    '  }',
    `  proxy_cache_path ${ANSWERS_FOLDER}/answers levels=1:2 use_temp_path=off keys_zone=answers:${inUnits(kibibytes(keysZoneSize))} ` +
      `max_size=${inUnits(sizesOf(settings).cache)} inactive=${seconds(inactive)};`,
    '  map $upstream_http_content_length $too_large {',
    // What is found once is otherwise kept for all that a request does.
    '    volatile;',
    `    "~${atLeast(maxAnswerBytes(settings) + 1)}" 1;`,
    '  }',
    ...(keyOf(settings).some(({ _part }) => _part === 'path')
      ? ['  map $request_uri $request_path {', '    "~^(?<before>[^?]*)" $before;', '  }']
      : []),
    ...indent(cacheServer(settings, upstream)),
    ...(healthPort === undefined ? [] : indent(healthServer(healthPort, listenAddress))),
    '}',
    '',
  ].join('\n');
}

function resolver({ nameservers }: NginxCacheSettings, upstream: Upstream): string[] {
  if (nameKindOf(upstream) === NameKind.ADDRESS) {
    return [];
  }
  return [
    nameservers ? `resolver ${nameservers.map(bracketed).join(' ')};` : `include ${RUN_FOLDER}/${RESOLVER_FILE};`,
    // As long as nginx waits until it asks again.
    'resolver_timeout 2s;',
  ];
}

/** nginx knows fewer ways to write an address of IPv6 than there are. */
function bracketed(nameserver: string): string {
  const [address, port = ''] = nameserver.replace('[', '').split(']');
  return isIP(address) === 6 ? new URL(`http://[${address}]`).hostname + port : nameserver;
}

function server(upstream: Upstream, { nameservers }: NginxCacheSettings): string {
  const kind = nameKindOf(upstream);
  if (kind === NameKind.ADDRESS) {
    return `server ${hostAndPort(upstream.host === 'localhost' ? '127.0.0.1' : upstream.host, upstream.port)};`;
  }
  return kind === NameKind.COMPLETE || nameservers
    ? `server ${hostAndPort(upstream.host, upstream.port)} resolve;`
    : `include ${RUN_FOLDER}/${SERVER_FILE};`;
}

function cacheServer(settings: NginxCacheSettings, upstream: Upstream): string[] {
  const { listen = DEFAULT_LISTEN, listenAddress = DEFAULT_LISTEN_ADDRESS, timeouts = {} } = settings;
  const { hostHeader = authority(upstream), minUses, cacheLock = true, useStale = DEFAULT_STALE } = settings;
  const { backgroundUpdate = useStale.includes(NginxCacheStale.UPDATING), statusHeader = true } = settings;
  const { cachePost = false, honorUpstream = true, maxBodySize } = settings;
  const { connect = DEFAULT_CONNECT, send, read, cacheLock: lockTimeout, cacheLockAge: lockAge } = timeouts;
  return [
    'server {',
    `  listen ${listening(listen, listenAddress)};`,
    // Headers go on as they are, also those with "_".
    '  ignore_invalid_headers off;',
    `  client_max_body_size ${maxBodySize ? inUnits(kibibytes(maxBodySize)) : 0};`,
    cachePost ? '  client_body_buffer_size 32k;' : '  proxy_request_buffering off;',
    '  location / {',
    ...[
      `proxy_pass ${upstream.scheme}://origin;`,
      'proxy_http_version 1.1;',
      'proxy_set_header Connection "";',
      `proxy_set_header Host "${hostHeader}";`,
      'proxy_redirect off;',
      'proxy_pass_header Date;',
      'proxy_pass_header Server;',
      // Orders to nginx, which are for the upstream's own.
      `proxy_ignore_headers X-Accel-Redirect X-Accel-Limit-Rate X-Accel-Charset${honorUpstream ? '' : ' X-Accel-Expires Expires Cache-Control'};`,
      // Room for large headers of answers, and for the key in front of them.
      ...(cachePost ? ['proxy_buffer_size 64k;', 'proxy_busy_buffers_size 64k;'] : ['proxy_buffer_size 16k;']),
      'proxy_buffers 8 16k;',
      // What is not stored is not written to the disk either.
      'proxy_max_temp_file_size 0;',
      `proxy_connect_timeout ${millis(connect)};`,
      ...(send ? [`proxy_send_timeout ${millis(send)};`] : []),
      ...(read ? [`proxy_read_timeout ${millis(read)};`] : []),
      ...tlsLines(settings, upstream),
      'proxy_cache answers;',
      // A line break, which no part has in it, keeps them apart.
      `proxy_cache_key "${keyOf(settings)
        .map(({ _variable }) => textOf(_variable))
        .join('\\n')}";`,
      ...(cachePost ? ['proxy_cache_methods POST;'] : []),
      ...timesOf(settings),
      `proxy_cache_use_stale ${useStale.join(' ') || 'off'};`,
      `proxy_cache_background_update ${onOff(backgroundUpdate)};`,
      'proxy_cache_revalidate on;',
      `proxy_cache_lock ${onOff(cacheLock)};`,
      ...(lockTimeout ? [`proxy_cache_lock_timeout ${millis(lockTimeout)};`] : []),
      ...(lockAge ? [`proxy_cache_lock_age ${millis(lockAge)};`] : []),
      ...(minUses === undefined ? [] : [`proxy_cache_min_uses ${minUses};`]),
      ...conditions('proxy_cache_bypass', settings.bypass, settings),
      ...conditions('proxy_no_cache', settings.noStore, settings, '$too_large'),
      ...(statusHeader
        ? ['proxy_hide_header X-Cache-Status;', 'add_header X-Cache-Status $upstream_cache_status always;']
        : []),
    ].map((line) => `    ${line}`),
    '  }',
    '}',
  ];
}

function healthServer(port: number, listenAddress = DEFAULT_LISTEN_ADDRESS): string[] {
  return [
    'server {',
    `  listen ${listening(port, listenAddress.includes(':') ? '::' : '0.0.0.0')};`,
    '  access_log off;',
    `  location = ${HEALTH_PATH} {`,
    '    return 200;',
    '  }',
    '  location / {',
    '    return 404;',
    '  }',
    '}',
  ];
}

/** `::` is all addresses, those of IPv4 included. */
function listening(port: number, address: string): string {
  return hostAndPort(address, port) + (address === '::' ? ' ipv6only=off' : '');
}

function hasOwnAuthorities(tls: NginxCacheTls): boolean {
  return tls._options.caSecret !== undefined || tls._options.caConfigMap !== undefined;
}

function tlsLines({ tls = NginxCacheTls.verified() }: NginxCacheSettings, { scheme, host }: Upstream): string[] {
  if (scheme !== 'https') {
    return [];
  }
  const { serverName = host, clientSecret } = tls._options;
  return [
    ...(isIP(serverName) === 0 ? ['proxy_ssl_server_name on;'] : []),
    `proxy_ssl_name ${certifiedHost(serverName)};`,
    ...(tls._mode === 'verified'
      ? [
          'proxy_ssl_verify on;',
          // Authorities that are vouched for by others, more than the one that nginx allows.
          'proxy_ssl_verify_depth 9;',
          `proxy_ssl_trusted_certificate ${hasOwnAuthorities(tls) ? `${TLS_FOLDER}/ca.crt` : PUBLIC_AUTHORITIES};`,
        ]
      : []),
    ...(clientSecret === undefined
      ? []
      : [
          // With a variable they are read for each connection, so that renewed ones count.
          `set $tls ${TLS_FOLDER};`,
          'proxy_ssl_certificate $tls/tls.crt;',
          'proxy_ssl_certificate_key $tls/tls.key;',
        ]),
  ];
}

export function keyOf({ key, cachePost = false }: NginxCacheSettings): readonly NginxCacheKey[] {
  const post = cachePost ? [NginxCacheKey.method(), NginxCacheKey.body()] : [];
  return key ?? [NginxCacheKey.uri(), ...post];
}

function timesOf({ times = [] }: NginxCacheSettings): string[] {
  // nginx takes the first that fits.
  const named = times.filter(({ statuses }) => statuses !== undefined);
  const others = times.filter(({ statuses }) => statuses === undefined);
  return [...named, ...others].map(
    ({ statuses, time }) => `proxy_cache_valid ${statuses?.join(' ') ?? 'any'} ${seconds(time)};`,
  );
}

function conditions(
  directive: string,
  given: NginxCacheSettings['bypass'],
  settings: NginxCacheSettings,
  ...further: string[]
): string[] {
  const authorization = '$http_authorization';
  const isGuarded =
    settings.shareAuthorized !== true && !keyOf(settings).some(({ _variable }) => textOf(_variable) === authorization);
  const all = new Set([
    ...(given ?? []).map(({ _variable }) => textOf(_variable)),
    ...(isGuarded ? [authorization] : []),
    // A body in a file would be none in the key.
    ...(settings.cachePost ? ['$request_body_file'] : []),
    ...further,
  ]);
  return all.size === 0 ? [] : [`${directive} ${[...all].join(' ')};`];
}

function textOf(variable: NginxVariable): string {
  return 'text' in variable ? variable.text : '';
}

function maxAnswerBytes(settings: NginxCacheSettings): number {
  const { maxAnswerSize } = settings;
  return Math.floor((maxAnswerSize ? kibibytes(maxAnswerSize) : sizesOf(settings).cache / 4) * 1024);
}

/** A pattern of the whole numbers that are not below one of them. */
function atLeast(least: number): string {
  const digits = String(least);
  const larger = digits
    .split('')
    .flatMap((digit, index) =>
      digit === '9'
        ? []
        : [`${digits.slice(0, index)}${fromDigit(Number(digit) + 1)}[0-9]{${digits.length - index - 1}}`],
    );
  return `^0*(?:${[digits, ...larger, `[1-9][0-9]{${digits.length},}`].join('|')})$`;
}

function fromDigit(digit: number): string {
  return digit === 9 ? '9' : `[${digit}-9]`;
}

const ACCESS_LOG = JSON.stringify({
  time: '$time_iso8601',
  method: '$request_method',
  path: '$uri',
  status: '$status',
  cache: '$upstream_cache_status',
  upstream: '$upstream_addr',
  seconds: '$request_time',
  bytes_sent: '$bytes_sent',
});

function indent(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${line}`);
}

function onOff(value: boolean): string {
  return value ? 'on' : 'off';
}

function millis(duration: Duration): string {
  return `${duration.toMilliseconds({ integral: false })}ms`;
}

function seconds(duration: Duration): string {
  return `${duration.toSeconds()}s`;
}

/** Kibibytes with the unit of nginx. */
export function inUnits(count: number): string {
  return count % 1024 === 0 ? `${count / 1024}m` : `${count}k`;
}
