import { addressesOverlap } from './reading/addresses';
import { Container, containersOf, runTogether } from './reading/containers';
import { quote } from './reading/fields';
import { isConflictOnHost } from './reading/host-ports';
import { pairsOf } from './reading/lists';
import { Port, isOnHostNetwork, isSamePort, portsOf } from './reading/ports';
import { Listener, PodSubject, Rule } from './rule';

export const portConflict: Rule<PodSubject> = {
  id: 'port-conflict',
  level: 'default',
  summary: 'No two containers that run at the same time use one port and protocol.',
  source: 'https://kubernetes.io/docs/concepts/workloads/pods/#pod-networking',
  check({ template, listeners }, report) {
    const users = containersOf(template)
      .map((container) => ({ container, uses: usesOf(container, template, listeners) }))
      .filter(({ uses }) => uses.length > 0);
    for (const [{ container: first, uses }, { container: second, uses: others }] of pairsOf(users)) {
      if (!runTogether(first, second)) {
        continue;
      }
      const reported = new Set<string>();
      for (const use of uses) {
        const other = others.find((candidate) => isSameUse(use, candidate));
        const key = `${use.port}/${use.protocol}`;
        if (other && !reported.has(key)) {
          reported.add(key);
          report(
            `containers ${quote(first.name || first.place)} and ${quote(second.name || second.place)} both ` +
              `${[...new Set([use.verb, other.verb])].join(' or ')} port ${key}, but the containers of a pod share one ` +
              'network namespace; give one of them another port',
          );
        }
      }
    }
  },
};

/** Something that takes a port in the pod's network namespace. */
interface Use {
  readonly verb: 'declare' | 'listen on';
  readonly port: number;
  readonly protocol: string;
  readonly address: string;
  readonly declared?: Port;
}

/** What a container uses: a listener tells more than the declaration of the same port, so it takes its place. */
function usesOf(container: Container, template: PodSubject['template'], listeners: readonly Listener[]): Use[] {
  const known = container.name === '' ? [] : listeners.filter((listener) => listener.container === container.name);
  const ports = portsOf(template).filter((port) => port.container.place === container.place);
  const listening = known.map(({ port, protocol, address = '' }) => ({
    verb: 'listen on' as const,
    port,
    protocol,
    address,
    declared: ports.find((candidate) => candidate.number === port && candidate.protocol === protocol),
  }));
  const declared = ports.flatMap((port) =>
    typeof port.number === 'number' &&
    typeof port.protocol === 'string' &&
    !listening.some((use) => use.declared && isSamePort(use.declared, port))
      ? [
          {
            verb: 'declare' as const,
            port: port.number,
            protocol: port.protocol,
            // On the host network the hostIP is what the process binds to.
            address: isOnHostNetwork(template) ? port.hostIP : '',
            declared: port,
          },
        ]
      : [],
  );
  return [...declared, ...listening];
}

function isSameUse(a: Use, b: Use): boolean {
  return (
    a.port === b.port &&
    a.protocol === b.protocol &&
    addressesOverlap(a.address, b.address) &&
    // What clashes on the host as well is reported there.
    !(a.declared && b.declared && isConflictOnHost(a.declared, b.declared))
  );
}
