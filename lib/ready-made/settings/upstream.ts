import { isIP } from 'node:net';
import { certifiedHost, hostAndPort } from '../../values/address';

/** An upstream's URL, taken apart. */
export interface Upstream {
  readonly scheme: string;
  /** As certificates have it. */
  readonly host: string;
  /** Whether the host is a name that ended with a dot: no search domain completes it. */
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
  const [, scheme, given, port] = match as unknown as [string, string, string, string | undefined];
  const host = certifiedHost(given);
  return {
    scheme,
    host,
    isAbsolute: given.endsWith('.') && isIP(host) === 0,
    givenPort: port === undefined ? undefined : Number(port),
    port: port === undefined ? (scheme === 'https' ? 443 : 80) : Number(port),
  };
}

/** What a client writes into its `Host`: the port where it is not that of the scheme. */
export function authority({ scheme, host, port }: Upstream): string {
  const isUsual = port === (scheme === 'https' ? 443 : 80);
  const name = isIP(host) === 6 ? `[${host}]` : host;
  return isUsual ? name : hostAndPort(host, port);
}
