import { shown } from './shape';
import { quoteList } from './text';

/** For the pod alone. */
export const DEFAULT_LISTEN_ADDRESS = '127.0.0.1';
/** What lets nobody in but the pod itself. */
export const LOOPBACK: readonly string[] = ['127.0.0.1', '::1'];
/** How the pod itself is called. */
export const OWN_HOSTS: readonly string[] = ['localhost', ...LOOPBACK];
/** What lets connections to localhost in. */
export const LISTEN_ADDRESSES: readonly string[] = [...LOOPBACK, '0.0.0.0', '::'];

/** A sentence about an address at which the main container does not find an ambassador; nothing about one at which it does. */
export function listenAddressProblem(address: string, addresses = LISTEN_ADDRESSES): string[] {
  return addresses.includes(address)
    ? []
    : [
        `listenAddress is ${shown(address)}, where the main container does not find it at localhost; ` +
          `give one of ${quoteList(addresses)}`,
      ];
}
