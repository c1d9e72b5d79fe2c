import { isIP } from 'node:net';
import { lacksValue } from './missing-value';
import { shown } from './shape';
import { shownUrl } from './shown-url';

const LABEL = '[A-Za-z0-9](?:[A-Za-z0-9_-]*[A-Za-z0-9])?';
const DNS_NAME = new RegExp(`^${LABEL}(?:\\.${LABEL})*\\.?$`);
/** A name that ends like this is an IPv4 address with a slip in it. */
const NUMERIC_END = /(?:^|\.)[0-9]+\.?$/;
const UNSPECIFIED = /^[0.:]+$/;

/** Whether a process can connect to it: an IP address, or a DNS name, which may end with a dot and is not `undefined`. */
export function isHost(host: unknown): host is string {
  if (typeof host !== 'string' || lacksValue(host)) {
    return false;
  }
  return isIP(host) === 0
    ? host.length <= 253 && DNS_NAME.test(host) && !NUMERIC_END.test(host)
    : !UNSPECIFIED.test(host) && !host.includes('%');
}

/** A host as certificates have it: small letters, no dot at the end, an address of IPv6 in its usual form, without brackets. */
export function certifiedHost(given: string): string {
  const host = given.replaceAll(/[[\]]/g, '');
  return isIP(host) === 6 && !host.includes('%')
    ? new URL(`http://[${host}]`).hostname.replaceAll(/[[\]]/g, '')
    : host.toLowerCase().replace(/\.$/, '');
}

/** `host:port`, with brackets around an IPv6 address. */
export function hostAndPort(host: string, port: number): string {
  return isIP(host) === 6 ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Whether two of `host:port` are one, however they are written. */
export function samePlace(one: string, other: string): boolean {
  return normalized(one) === normalized(other);
}

function normalized(place: string): string {
  const { host, port } = partsOf(place);
  return hostAndPort(certifiedHost(host), Number(port));
}

/** `host:port` taken apart; without a port, all of it is the host. */
function partsOf(place: string): { host: string; port: string } {
  const [, host = place, port = ''] = /^(.*):([0-9]+)$/s.exec(place) ?? [];
  return { host, port };
}

/** `redis.shop.svc`, perhaps with the domain of the cluster, and one that begins with the name of a pod. */
const SERVICE_NAME = /^(?:[^.]+\.){2,}svc(?:\.|$)|\.cluster\.local$/;

/** The host of a `host:port` where it is a name that the DNS of the cluster alone is likely to know. */
export function clusterNameIn(place: string): string | undefined {
  const { host: given, port } = partsOf(place);
  const host = certifiedHost(given);
  // A dot at the end keeps search domains from completing a name.
  const isShort = !given.includes('.') && host !== 'localhost';
  return port !== '' && isHost(host) && isIP(host) === 0 && (isShort || SERVICE_NAME.test(host)) ? host : undefined;
}

/** A sentence about a name that only search domains would complete, which an engine does not apply; nothing about others. */
export function searchedNameProblem(what: string, host: string, whoAsks: string): string[] {
  const rest = missingDomain(host);
  return rest === undefined
    ? []
    : [
        `${what} is ${shown(host)}, which ${whoAsks} because it does not apply search domains; give the full name, ` +
          `for instance ${shown(`${host}.${rest}`)}`,
      ];
}

/** What search domains would add to the name of a Service. */
function missingDomain(host: string): string | undefined {
  if (isIP(host) === 0 && !host.includes('.')) {
    return 'default.svc.cluster.local';
  }
  return /\.svc$/i.test(host) ? 'cluster.local' : undefined;
}

/** A sentence about a value that is no whole number in its range; nothing about one that is. */
export function rangeProblem(what: string, value: unknown, min: number, max: number, unit = ''): string[] {
  return typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max
    ? []
    : [
        `${what} is ${shown(value)}${typeof value === 'number' ? unit : ''}; give a whole number from ${min} to ${max}${unit}`,
      ];
}

/** A sentence about a host that cannot be connected to, perhaps as it is a URL; nothing about one that can. */
export function hostProblem(what: string, host: unknown): string[] {
  return isHost(host) ? [] : [`${what} is ${shownUrl(host)}; give a DNS name or an IP address to connect to`];
}
