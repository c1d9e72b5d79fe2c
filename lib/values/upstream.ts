import { isIP } from 'node:net';
import { hostAndPort } from './address';

/** An upstream's URL, taken apart. */
export interface Upstream {
  readonly scheme: string;
  readonly host: string;
  /** Whether the host ended with a dot: no search domain completes it. */
  readonly isAbsolute: boolean;
  /** What the URL says. */
  readonly givenPort?: number;
  readonly port: number;
}

const URL_OF_UPSTREAM = /^(https?):\/\/(\[[0-9A-Fa-f:.]+\]|[^/:?#@[\]\s]+)(?::([0-9]{1,5}))?\/?$/;

/** @returns undefined for what is no URL of a scheme, a host and perhaps a port */
export function upstreamOf(url: string): Upstream | undefined {
  const match = URL_OF_UPSTREAM.exec(url);
  if (!match) {
    return undefined;
  }
  const [, scheme, host, port] = match as unknown as [string, string, string, string | undefined];
  return {
    scheme,
    host: hostOf(host),
    isAbsolute: host.endsWith('.'),
    givenPort: port === undefined ? undefined : Number(port),
    port: port === undefined ? (scheme === 'https' ? 443 : 80) : Number(port),
  };
}

/** A host as certificates have it: small letters, no dot at the end, an address of IPv6 in its usual form. */
function hostOf(given: string): string {
  const address = given.replaceAll(/[[\]]/g, '');
  return isIP(address) === 6
    ? new URL(`http://[${address}]`).hostname.replaceAll(/[[\]]/g, '')
    : address.toLowerCase().replace(/\.$/, '');
}

/** What a client writes into its `Host`: the port where it is not that of the scheme. */
export function authority({ scheme, host, port }: Upstream): string {
  const isUsual = port === (scheme === 'https' ? 443 : 80);
  const name = isIP(host) === 6 ? `[${host}]` : host;
  return isUsual ? name : hostAndPort(host, port);
}
