import { certifiedHost, isHost } from '../../values/address';
import { shown } from '../../values/shape';
import { quoteList } from '../../values/text';

/** For the pod alone. */
export const DEFAULT_LISTEN_ADDRESS = '127.0.0.1';
/** What lets nobody in but the pod itself. */
export const LOOPBACK: readonly string[] = ['127.0.0.1', '::1'];
/** What lets connections to localhost in. */
export const LISTEN_ADDRESSES: readonly string[] = [...LOOPBACK, '0.0.0.0', '::'];

/** Whether a host that can be connected to is the pod itself, however it is written. */
export function isOwnHost(host: unknown): boolean {
  return isHost(host) && OWN_HOST.test(certifiedHost(host));
}

/** Addresses of IPv4 as those of IPv6 included. */
const OWN_HOST = /^(?:localhost|127(?:\.\d+){3}|::1|::ffff:7f[0-9a-f]{2}:[0-9a-f]+)$/;

/** A sentence about an address at which the main container does not find an ambassador; nothing about one at which it does. */
export function listenAddressProblem(address: string, addresses = LISTEN_ADDRESSES): string[] {
  return addresses.includes(address)
    ? []
    : [
        `listenAddress is ${shown(address)}, where the main container does not find it at localhost; ` +
          `give one of ${quoteList(addresses)}`,
      ];
}
