import {
  Container,
  Fields,
  containersOf,
  isSet,
  itemsOf,
  readOnce,
  pairsOf,
  quote,
  repeated,
  runTogether,
  specOf,
  textOf,
} from './read';
import { Listener, PodSubject, Rule, isCustom } from './rule';
import { portNameProblem, portNumberProblem } from './syntax';

const PORT_REFERENCE = 'https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#ports';
const VALIDATION = 'https://github.com/kubernetes/kubernetes/blob/master/pkg/apis/core/validation/validation.go';
const WARNINGS = 'https://github.com/kubernetes/kubernetes/blob/master/pkg/api/pod/warnings.go';
const PROTOCOLS = ['TCP', 'UDP', 'SCTP'];

/** A port that a container declares. */
interface Port {
  readonly container: Container;
  readonly fields: Fields;
  readonly name: string;
  readonly number: unknown;
  readonly protocol: unknown;
  /** What it is on the host: with hostNetwork the same number, as Kubernetes defaults it. */
  readonly hostPort: unknown;
  readonly hostIP: string;
}

const portNumber: Rule<PodSubject> = {
  id: 'port-number',
  level: 'enforced',
  summary: 'A containerPort or hostPort is a whole number from 1 to 65535.',
  source: PORT_REFERENCE,
  check(subject, report) {
    for (const { container, fields } of portsOf(subject.template)) {
      const problem = portNumberProblem(fields.containerPort);
      if (!isSet(fields.containerPort)) {
        if (!isCustom(subject)) {
          report(`${container.label} declares a port without containerPort; required value: give its number`);
        }
      } else if (problem !== undefined) {
        report(`${container.label} declares containerPort ${quote(fields.containerPort)}; ${problem}`);
      }
      // hostPort 0 is how Kubernetes writes that there is none.
      if (isSet(fields.hostPort) && fields.hostPort !== 0) {
        const hostProblem = portNumberProblem(fields.hostPort);
        if (hostProblem !== undefined) {
          report(`${container.label} declares hostPort ${quote(fields.hostPort)}; ${hostProblem}`);
        }
      }
    }
  },
};

const portProtocol: Rule<PodSubject> = {
  id: 'port-protocol',
  level: 'enforced',
  summary: 'The protocol of a port is TCP, UDP or SCTP, in capitals.',
  source: 'https://kubernetes.io/docs/reference/networking/service-protocols/',
  check({ template }, report) {
    for (const { container, protocol, number } of portsOf(template)) {
      if (!PROTOCOLS.includes(protocol as string)) {
        report(
          `${container.label} declares port ${quote(number)} with the protocol ${quote(protocol)}; ` +
            'unsupported value: supported values: "SCTP", "TCP", "UDP"; write one of them',
        );
      }
    }
  },
};

const portName: Rule<PodSubject> = {
  id: 'port-name',
  level: 'enforced',
  summary: "A port's name has at most 15 characters (a-z, 0-9, hyphens), at least one of them a letter.",
  source: PORT_REFERENCE,
  check({ template }, report) {
    for (const { container, fields } of portsOf(template)) {
      const { name } = fields;
      if (isSet(name) && name !== '') {
        const problem = typeof name === 'string' ? portNameProblem(name) : 'must be a string';
        if (problem !== undefined) {
          report(`${container.label} names a port ${quote(name)}; ${problem}; rename it`);
        }
      }
    }
  },
};

const portNameUnique: Rule<PodSubject> = {
  id: 'port-name-unique',
  level: 'enforced',
  summary: 'No two ports of a container have one name.',
  source: PORT_REFERENCE,
  check({ template }, report) {
    for (const { items } of repeated(namedPortsOf(template), ({ container, name }) => `${container.place}/${name}`)) {
      const [{ container, name }] = items;
      report(
        `${container.label} gives ports ${items.map(({ number }) => quote(number)).join(' and ')} one name, ` +
          `${quote(name)}; duplicate value: give each port a name of its own`,
      );
    }
  },
};

const portNameShared: Rule<PodSubject> = {
  id: 'port-name-shared',
  level: 'default',
  summary: 'No two containers of a pod give their ports one name: a Service that uses it reaches only one of them.',
  source: 'https://kubernetes.io/docs/concepts/services-networking/service/#field-spec-ports',
  check({ template }, report) {
    // A plain init container is gone before a Service could reach it.
    const running = namedPortsOf(template).filter(({ container }) => container.role !== 'init');
    const keyOf = ({ name, protocol }: Port): string => `${name}/${quote(protocol)}`;
    // One of each container: that it gives a name twice is for another rule to say.
    const uses = new Map(running.map((port) => [`${port.container.place}/${keyOf(port)}`, port]));
    for (const { items } of repeated([...uses.values()], keyOf)) {
      report(
        `${items.map(({ container, number }) => `${container.label} (${quote(number)})`).join(' and ')} each name ` +
          `a port ${quote(items[0].name)}; a Service that uses the name reaches one of them only; rename the others`,
      );
    }
  },
};

const duplicatePort: Rule<PodSubject> = {
  id: 'duplicate-port',
  level: 'default',
  summary: 'A container declares a port and protocol once.',
  source: WARNINGS,
  check({ template }, report) {
    const seen: Port[] = [];
    for (const port of portsOf(template)) {
      const same = seen.find(
        (other) =>
          other.container === port.container &&
          isSamePort(port, other) &&
          port.hostPort === other.hostPort &&
          port.hostIP === other.hostIP,
      );
      if (same && !isRejectedOnHost(same, port)) {
        report(
          `${port.container.label} declares port ${describe(port)} twice; kubectl apply may drop one of them, so ` +
            'declare it once',
        );
      }
      seen.push(port);
    }
  },
};

const hostPortNetwork: Rule<PodSubject> = {
  id: 'host-port-network',
  level: 'enforced',
  summary: 'In a pod on the host network, a hostPort is the same as its containerPort.',
  source: VALIDATION,
  check({ template }, report) {
    if (!isOnHostNetwork(template)) {
      return;
    }
    for (const { container, fields, number } of portsOf(template)) {
      if (
        container.role === 'regular' &&
        isSet(fields.hostPort) &&
        fields.hostPort !== 0 &&
        fields.hostPort !== number
      ) {
        report(
          `${container.label} declares hostPort ${quote(fields.hostPort)} for containerPort ${quote(number)}; ` +
            'must match `containerPort` when `hostNetwork` is true; leave the hostPort out',
        );
      }
    }
  },
};

const hostPortUnique: Rule<PodSubject> = {
  id: 'host-port-unique',
  level: 'enforced',
  summary: 'No two ports of a pod have one hostPort, hostIP and protocol.',
  source: VALIDATION,
  check({ template }, report) {
    for (const [first, second] of pairsOf(hostPortsOf(template))) {
      if (isRejectedOnHost(first, second)) {
        report(
          `${who(first, second)} hostPort ${describeOnHost(first)}; duplicate value: ` +
            (isOnHostNetwork(template)
              ? 'on the host network every containerPort is one of the host; give one of them another port'
              : 'give one of them another hostPort'),
        );
      }
    }
  },
};

const hostPortConflict: Rule<PodSubject> = {
  id: 'host-port-conflict',
  level: 'default',
  summary: 'Host ports do not overlap, native sidecars and unspecified hostIPs included.',
  source: WARNINGS,
  check({ template }, report) {
    for (const [first, second] of pairsOf(hostPortsOf(template))) {
      if (isConflictOnHost(first, second) && !isRejectedOnHost(first, second)) {
        report(
          `${who(first, second)} hostPort ${describeOnHost(first)}` +
            (first.hostIP === second.hostIP ? '' : ` and ${describeOnHost(second)}, which overlap`) +
            '; the API server does not see it, but only one of them gets the port; give one of them another',
        );
      }
    }
  },
};

const portConflict: Rule<PodSubject> = {
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

export const PORT_RULES: readonly Rule<PodSubject>[] = [
  portNumber,
  portProtocol,
  portName,
  portNameUnique,
  portNameShared,
  duplicatePort,
  hostPortNetwork,
  hostPortUnique,
  hostPortConflict,
  portConflict,
];

/** The ports that have a name, those of init containers included. */
export const namedPortsOf = readOnce((template: PodSubject['template']): readonly Port[] =>
  portsOf(template).filter(({ name }) => name !== ''),
);

function isOnHostNetwork(template: PodSubject['template']): boolean {
  return specOf(template).hostNetwork === true;
}

const portsOf = readOnce((template: PodSubject['template']): readonly Port[] =>
  containersOf(template).flatMap((container) =>
    itemsOf(container.fields.ports).map((fields) => ({
      container,
      fields,
      name: textOf(fields.name),
      number: fields.containerPort,
      protocol: fields.protocol ?? 'TCP',
      hostPort:
        fields.hostPort === 0 || !isSet(fields.hostPort)
          ? isOnHostNetwork(template) && fields.containerPort
          : fields.hostPort,
      hostIP: textOf(fields.hostIP),
    })),
  ),
);

/** The ports that take one of the host. */
function hostPortsOf(template: PodSubject['template']): Port[] {
  return portsOf(template).filter(({ hostPort }) => typeof hostPort === 'number');
}

function isSamePort(a: Port, b: Port): boolean {
  return typeof a.number === 'number' && a.number === b.number && a.protocol === b.protocol;
}

/** Whether the API server sees the clash: it compares regular containers, and any container with itself. */
function isRejectedOnHost(a: Port, b: Port): boolean {
  const compared = a.container === b.container || (a.container.role === 'regular' && b.container.role === 'regular');
  return compared && isSameHostPort(a, b) && a.hostIP === b.hostIP;
}

/** Whether both ports cannot be had on one host. Those of a plain init container are free again when others start. */
function isConflictOnHost(a: Port, b: Port): boolean {
  return runTogether(a.container, b.container) && isSameHostPort(a, b) && addressesOverlap(a.hostIP, b.hostIP);
}

function isSameHostPort(a: Port, b: Port): boolean {
  return typeof a.hostPort === 'number' && a.hostPort === b.hostPort && a.protocol === b.protocol;
}

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

/** Whether two sockets with these addresses cannot have one port; `::` takes IPv4 as well, as is Linux' default. */
function addressesOverlap(a: string, b: string): boolean {
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

function who(first: Port, second: Port): string {
  return first.container === second.container
    ? `${first.container.label} twice declares`
    : `${first.container.label} and ${second.container.label} both declare`;
}

function describe({ number, protocol }: Port): string {
  return `${quote(number)}/${textOf(protocol)}`;
}

function describeOnHost({ hostIP, hostPort, protocol }: Port): string {
  return `${hostIP === '' ? '' : `${hostIP}:`}${quote(hostPort)}/${textOf(protocol)}`;
}
