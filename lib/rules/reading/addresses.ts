import { Listener } from '../rule';

/** Whether two sockets with these addresses cannot have one port; `::` takes IPv4 as well, as is Linux' default. */
export function addressesOverlap(a: string, b: string): boolean {
  const [first, second] = [normalAddress(a), normalAddress(b)];
  return first === second || isWildcardFor(first, second) || isWildcardFor(second, first);
}

function isWildcardFor(wildcard: string, address: string): boolean {
  return wildcard === '' || (wildcard === '0.0.0.0' && !address.includes(':'));
}

function normalAddress(address: string): string {
  const bare = address.replace(/^\[(.*)\]$/, '$1');
  return ['*', '::'].includes(bare) ? '' : bare === 'localhost' ? '127.0.0.1' : bare;
}

/** What listens on a port, where all of it is reached from inside the pod only. */
export function onlyLoopback(listeners: readonly Listener[], port: unknown, protocol: string): readonly Listener[] {
  const known = listeners.filter((listener) => listener.port === port && listener.protocol === protocol);
  return known.every(({ address }) => isLoopback(address)) ? known : [];
}

/** Whether an address is reached from inside the pod only; undefined is all addresses. */
export function isLoopback(address: string | undefined): boolean {
  const normal = normalAddress(address ?? '');
  return normal === '::1' || /^127\.\d+\.\d+\.\d+$/.test(normal);
}
