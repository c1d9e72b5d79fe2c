import { PodTemplate } from '../../values/pod';
import { addressesOverlap } from './addresses';
import { runTogether } from './containers';
import { quote, textOf } from './fields';
import { Port, portsOf } from './ports';

/** The ports that take one of the host. */
export function hostPortsOf(template: PodTemplate): Port[] {
  return portsOf(template).filter(({ hostPort }) => typeof hostPort === 'number');
}

/** Whether the API server sees the clash: it compares regular containers, and any container with itself. */
export function isRejectedOnHost(a: Port, b: Port): boolean {
  const compared = a.container === b.container || (a.container.role === 'regular' && b.container.role === 'regular');
  return compared && isSameHostPort(a, b) && a.hostIP === b.hostIP;
}

/** Whether both ports cannot be had on one host. Those of a plain init container are free again when others start. */
export function isConflictOnHost(a: Port, b: Port): boolean {
  return runTogether(a.container, b.container) && isSameHostPort(a, b) && addressesOverlap(a.hostIP, b.hostIP);
}

function isSameHostPort(a: Port, b: Port): boolean {
  return typeof a.hostPort === 'number' && a.hostPort === b.hostPort && a.protocol === b.protocol;
}

export function whoDeclare(first: Port, second: Port): string {
  return first.container === second.container
    ? `${first.container.label} twice declares`
    : `${first.container.label} and ${second.container.label} both declare`;
}

export function describeOnHost({ hostIP, hostPort, protocol }: Port): string {
  return `${hostIP === '' ? '' : `${hostIP}:`}${quote(hostPort)}/${textOf(protocol)}`;
}
