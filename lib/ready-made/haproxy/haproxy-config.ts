import { Duration } from 'cdk8s';
import {
  HaproxyBalance,
  HaproxyMode,
  HaproxyRetry,
  HaproxyServer,
  HaproxyService,
  HaproxySettings,
  HaproxyTimeouts,
} from './haproxy-settings';
import { ENVIRONMENT } from '../../contributions/helper-shape';
import { duplicates } from '../../values/duplicates';
import { hostAndPort, hostProblem, isHost, searchedNameProblem } from '../../values/address';
import { countProblem, durationProblem } from '../settings/limits';
import { shownUrl } from '../../values/shown-url';
import { quoteList } from '../../values/text';
import { enumOf, fields, flag, listOf, named, onlyFields, port as portShape, present, shown } from '../../values/shape';
import { DEFAULT_LISTEN_ADDRESS, isOwnHost, listenAddressProblem, LOOPBACK } from '../settings/listen-address';

/** Settings of which the service has a name. */
export interface NamedHaproxySettings extends HaproxySettings {
  readonly serviceName: string;
}

/** The path at which HAProxy answers probes. */
export const HEALTH_PATH = '/healthz';

const DEFAULT_MAX_CONNECTIONS = 256;
const DEFAULT_TIMEOUTS: Required<HaproxyTimeouts> = {
  connect: Duration.seconds(5),
  client: Duration.seconds(50),
  server: Duration.seconds(50),
};

/** The `haproxy.cfg` of settings without problems. */
export function renderHaproxyConfig(settings: NamedHaproxySettings): string {
  const { listenAddress = DEFAULT_LISTEN_ADDRESS, healthPort, shutdownTimeout, furtherServices = [] } = settings;
  const { timeouts = {} } = settings;
  const anyAddress = listenAddress.includes(':') ? '::' : '*';
  return [
    section('global', [
      `maxconn ${settings.maxConnections ?? DEFAULT_MAX_CONNECTIONS}`,
      shutdownTimeout && `hard-stop-after ${milliseconds(shutdownTimeout)}`,
    ]),
    section('defaults', [
      `mode ${settings.mode ?? HaproxyMode.TCP}`,
      `timeout connect ${milliseconds(timeouts.connect ?? DEFAULT_TIMEOUTS.connect)}`,
      `timeout client ${milliseconds(timeouts.client ?? DEFAULT_TIMEOUTS.client)}`,
      `timeout server ${milliseconds(timeouts.server ?? DEFAULT_TIMEOUTS.server)}`,
      settings.retries !== undefined && `retries ${settings.retries}`,
      settings.retryOn && `retry-on ${settings.retryOn.join(' ')}`,
    ]),
    settings.resolveAtRuntime && section('resolvers pod', ['parse-resolv-conf']),
    frontend(settings, listenAddress),
    healthPort !== undefined &&
      section('frontend health', [
        'mode http',
        `bind ${hostAndPort(anyAddress, healthPort)}`,
        `monitor-uri ${HEALTH_PATH}`,
      ]),
    backend(settings, settings),
    ...furtherServices.flatMap((service) => [frontend(service, listenAddress), backend(service, settings)]),
  ]
    .filter(Boolean)
    .join('\n');
}

function frontend({ serviceName, listen }: HaproxyService, listenAddress: string): string {
  return section(`frontend ${serviceName}-in`, [
    `bind ${hostAndPort(listenAddress, listen)}`,
    `default_backend ${serviceName}-backend`,
  ]);
}

function backend({ serviceName, balance, httpCheckPath, servers }: HaproxyService, settings: HaproxySettings): string {
  return section(`backend ${serviceName}-backend`, [
    balance && `balance ${balance}`,
    httpCheckPath !== undefined && `option httpchk GET ${httpCheckPath}`,
    // An attempt that failed is repeated elsewhere. HAProxy would try the same server until its checks find it down.
    servers.length > 1 && 'option redispatch 1',
    ...servers.map((server) => serverLine(server, settings)),
  ]);
}

/** HAProxy wants the newline at the end of the last line, too. */
function section(title: string, lines: readonly (string | false | undefined)[]): string {
  return [title, ...lines.filter(Boolean).map((line) => `    ${String(line)}`), ''].join('\n');
}

function serverLine(server: HaproxyServer, { mode, resolveAtRuntime }: HaproxySettings): string {
  const {
    check = true,
    checkPort,
    checkInterval,
    downCheckInterval,
    fall,
    rise,
    errorLimit,
    weight,
    backup,
    maxConnections,
  } = server;
  const layer = mode === HaproxyMode.HTTP ? 'layer7' : 'layer4';
  return [
    `server ${server.name} ${hostAndPort(server.host, server.port)}`,
    check && 'check',
    checkPort !== undefined && `port ${checkPort}`,
    checkInterval && `inter ${milliseconds(checkInterval)}`,
    // When it is down, and when it is about to be up or down.
    downCheckInterval && `fastinter ${milliseconds(downCheckInterval)} downinter ${milliseconds(downCheckInterval)}`,
    fall !== undefined && `fall ${fall}`,
    rise !== undefined && `rise ${rise}`,
    errorLimit !== undefined && `observe ${layer} error-limit ${errorLimit} on-error mark-down`,
    weight !== undefined && `weight ${weight}`,
    maxConnections !== undefined && `maxconn ${maxConnections}`,
    backup && 'backup',
    // `none`: start although the name is unknown yet.
    resolveAtRuntime && 'resolvers pod init-addr last,libc,none',
  ]
    .filter(Boolean)
    .join(' ');
}

function milliseconds(duration: Duration): string {
  return `${duration.toMilliseconds()}ms`;
}

const NAME = /^[A-Za-z0-9_.:-]+$/;
/** Far below the length of a line that HAProxy reads. */
const MAX_NAME_LENGTH = 253;
const PATH = /^\/[A-Za-z0-9\-._~!&()*+,;=:@/?%]*$/;
/** What lets connections to localhost in. */
const LISTEN_ADDRESSES = [...LOOPBACK, '*', '0.0.0.0', '::'];
const SERVER = onlyFields(
  {},
  {
    ...named(
      'name',
      'host',
      'port',
      'checkPort',
      'checkInterval',
      'downCheckInterval',
      'fall',
      'rise',
      'errorLimit',
      'weight',
      'maxConnections',
    ),
    check: flag,
    backup: flag,
  },
);

const SERVICE = onlyFields(
  {
    serviceName: present((name, path) => nameProblem(path, name)),
    listen: present(portShape),
    servers: listOf('servers', SERVER),
  },
  { ...named('httpCheckPath'), balance: enumOf('HaproxyBalance', HaproxyBalance), env: ENVIRONMENT },
);

/** Settings in so far as their names, numbers and addresses can be looked at. */
const SETTINGS = fields(
  { listen: present(portShape), servers: listOf('servers', SERVER) },
  {
    ...named('listenAddress', 'serviceName', 'maxConnections', 'retries', 'httpCheckPath', 'shutdownTimeout'),
    ...named('healthPort'),
    mode: enumOf('HaproxyMode', HaproxyMode),
    balance: enumOf('HaproxyBalance', HaproxyBalance),
    retryOn: listOf('HaproxyRetry', enumOf('HaproxyRetry', HaproxyRetry)),
    timeouts: onlyFields({}, named('connect', 'client', 'server')),
    resolveAtRuntime: flag,
    furtherServices: listOf('services', SERVICE),
  },
);

/** All that is wrong with settings, a sentence each; none if HAProxy takes them. */
export function haproxyConfigProblems(settings: NamedHaproxySettings): readonly string[] {
  const misshapen = SETTINGS(settings, '');
  if (misshapen.length > 0) {
    return misshapen;
  }
  const { listen, listenAddress = DEFAULT_LISTEN_ADDRESS, serviceName, healthPort, timeouts = {} } = settings;
  const { furtherServices = [] } = settings;
  const problems = [
    ...nameProblem('serviceName', serviceName),
    ...portShape(listen, 'listen'),
    ...(healthPort === undefined ? [] : portShape(healthPort, 'healthPort')),
    ...countProblem('maxConnections', settings.maxConnections),
    ...countProblem('retries', settings.retries, 0),
    ...(['connect', 'client', 'server'] as const).flatMap((name) =>
      durationProblem(`timeouts.${name}`, timeouts[name]),
    ),
    ...durationProblem('shutdownTimeout', settings.shutdownTimeout),
    ...retryProblems(settings),
    ...httpProblems(settings, settings),
    ...settings.servers.flatMap((server) => serverProblems(server, settings)),
  ];
  problems.push(...listenAddressProblem(listenAddress, LISTEN_ADDRESSES));
  if (healthPort === listen) {
    problems.push(`listen and healthPort are both ${listen}; give healthPort another port`);
  }
  problems.push(
    ...listProblems(settings),
    ...furtherServices.flatMap((service, index) =>
      furtherProblems(service, settings).map((problem) => `furtherServices[${index}]: ${problem}`),
    ),
  );
  return problems;
}

function listProblems({ servers }: Pick<HaproxySettings, 'servers'>): string[] {
  const names = servers.map(({ name }) => name);
  return [
    ...(servers.length === 0 ? ['there is no server to forward to; give at least one in "servers"'] : []),
    ...(servers.length > 0 && servers.every(({ weight }) => weight === 0)
      ? ['every server has "weight: 0", which takes it out; give one of them another weight']
      : []),
    ...duplicates(names).map(
      (name) => `two servers are named ${JSON.stringify(name)}; the names are ${quoteList(names)}: make them differ`,
    ),
  ];
}

function furtherProblems(service: HaproxyService, settings: NamedHaproxySettings): string[] {
  const { serviceName, listen, servers } = service;
  const others = [settings, ...(settings.furtherServices ?? [])].filter((other) => other !== service);
  return [
    ...nameProblem('serviceName', serviceName),
    ...portShape(listen, 'listen'),
    ...(others.some((other) => other.serviceName === serviceName)
      ? [`serviceName is ${shown(serviceName)}, as that of another service; give each a name of its own`]
      : []),
    ...([...others.map((other) => other.listen), settings.healthPort].includes(listen)
      ? [`listen is ${listen}, where the ambassador listens for something else; give each a port of its own`]
      : []),
    ...httpProblems(service, settings),
    ...servers.flatMap((server) => serverProblems(server, settings)),
    ...listProblems(service),
  ];
}

function serverProblems(server: HaproxyServer, settings: HaproxySettings): string[] {
  const { name, host, port, checkPort, check = true } = server;
  const ports = [settings.listen, settings.healthPort, ...(settings.furtherServices ?? []).map(({ listen }) => listen)];
  const what = (property: string): string => `${property} of server ${JSON.stringify(name)}`;
  const problems = [
    ...nameProblem('name of a server', name),
    ...hostProblem(what('host'), host),
    ...portShape(port, what('port')),
    ...(checkPort === undefined ? [] : portShape(checkPort, what('checkPort'))),
    ...durationProblem(what('checkInterval'), server.checkInterval),
    ...durationProblem(what('downCheckInterval'), server.downCheckInterval),
    ...countProblem(what('fall'), server.fall),
    ...countProblem(what('rise'), server.rise),
    ...countProblem(what('errorLimit'), server.errorLimit),
    ...countProblem(what('weight'), server.weight, 0, 256),
    ...countProblem(what('maxConnections'), server.maxConnections),
  ];
  const needsCheck = (
    ['checkPort', 'checkInterval', 'downCheckInterval', 'fall', 'rise', 'errorLimit'] as const
  ).filter((property) => server[property] !== undefined);
  if (!check && needsCheck.length > 0) {
    problems.push(`server ${JSON.stringify(name)} has ${quoteList(needsCheck)} but "check: false"; drop one of them`);
  }
  if (isOwnHost(host) && ports.includes(port)) {
    problems.push(
      `server ${JSON.stringify(name)} at ${hostAndPort(host, port)} is the ambassador itself, which listens there; ` +
        'give the service another port',
    );
  }
  if (settings.resolveAtRuntime && isHost(host)) {
    problems.push(...searchedNameProblem(what('host'), host, 'HAProxy cannot look up at run time'));
  }
  return problems;
}

function retryProblems({ mode, retryOn }: HaproxySettings): string[] {
  return [
    ...(mode !== HaproxyMode.HTTP && retryOn
      ? ['retryOn works on HTTP requests; give "mode: HaproxyMode.HTTP" or leave it out']
      : []),
    ...(retryOn?.length === 0 ? ['retryOn is empty; give at least one reason or leave it out'] : []),
  ];
}

function httpProblems(
  { balance, httpCheckPath, servers }: Pick<HaproxyService, 'balance' | 'httpCheckPath' | 'servers'>,
  { mode }: HaproxySettings,
): string[] {
  const problems: string[] = [];
  if (mode !== HaproxyMode.HTTP && balance === HaproxyBalance.URI) {
    problems.push('balance is HaproxyBalance.URI, which only HTTP has; give "mode: HaproxyMode.HTTP" or another one');
  }
  if (httpCheckPath !== undefined && !(typeof httpCheckPath === 'string' && PATH.test(httpCheckPath))) {
    problems.push(
      `httpCheckPath is ${shownUrl(httpCheckPath)}; give the path of a URL, which starts with "/" and ` +
        'has anything unusual in it percent-encoded',
    );
  }
  if (httpCheckPath !== undefined && servers.length > 0 && servers.every(({ check }) => check === false)) {
    problems.push('httpCheckPath is given, but every server has "check: false"; drop one of them');
  }
  return problems;
}

/** HAProxy's own alphabet for names of proxies and servers. */
function nameProblem(what: string, name: unknown): string[] {
  return typeof name === 'string' && NAME.test(name) && name.length <= MAX_NAME_LENGTH
    ? []
    : [`${what} is ${shown(name)}; HAProxy takes 1 to ${MAX_NAME_LENGTH} letters, digits, "-", "_", "." and ":"`];
}
