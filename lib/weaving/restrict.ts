import { RestrictedOptions } from '../contributions/restricted-options';
import { WeavingFinding } from '../findings/finding';
import { asJson, quoteList } from '../values/text';
import { Container, PodSpec, Volume } from '../values/pod';
import { hasSeccomp } from '../rules/reading/security';
import { isRecord, sorted, withFields, withGiven } from '../values/record';

/** Where what is for all containers of a workload is said, for messages. */
const SOURCE = 'PodSecurity.restrict';

/** The preset for all containers of a workload. */
export interface WorkloadRestriction {
  readonly options: RestrictedOptions;
  readonly containers: Readonly<Record<string, RestrictedOptions>>;
}

/** The rules that tell whether a container satisfies what the preset is for. */
export const RESTRICTED_RULES: readonly string[] = ['pod-security-restricted', 'numeric-user'];

/** Fills in what Pod Security "restricted" asks of every container of a pod. */
export function restrict(
  spec: PodSpec,
  { options, containers }: WorkloadRestriction,
): { spec: PodSpec; findings: WeavingFinding[] } {
  const findings: WeavingFinding[] = [];
  const volumes: Volume[] = [...(spec.volumes ?? [])];
  const apply = (container: Container): Container => {
    const { runAsUser, runAsGroup } = securityContextOf(container);
    const result = restrictContainer(
      container,
      withGiven<RestrictedOptions>(
        {
          ...options,
          // What is said for all yields to what a container says itself, as images differ; what is said for one does not.
          ...(runAsUser !== undefined && { user: undefined }),
          ...(runAsGroup !== undefined && { group: undefined }),
        },
        containers[container.name ?? ''] ?? {},
      ),
      { ...spec, volumes },
    );
    findings.push(...result.findings.map((finding) => ({ ...finding, source: SOURCE })));
    volumes.push(...result.volumes);
    return result.container;
  };
  const names = [...(spec.containers ?? []), ...(spec.initContainers ?? [])].map(({ name }) => name);
  const unknown = Object.keys(containers).filter((name) => !names.includes(name));
  if (unknown.length > 0) {
    findings.push({
      rule: 'security-preset',
      source: SOURCE,
      message: `the pod has no container ${quoteList(unknown)} to restrict; it has ${quoteList(names)}`,
    });
  }
  const needLowPorts = [options, ...Object.values(containers)].some(({ lowPorts }) => lowPorts);
  const { spec: open, findings: ofPorts } = needLowPorts ? withLowPorts(spec, SOURCE) : { spec, findings: [] };
  findings.push(...ofPorts);
  const restricted = withFields(open, {
    ...(spec.containers && { containers: spec.containers.map(apply) }),
    ...(spec.initContainers && { initContainers: spec.initContainers.map(apply) }),
    ...(volumes.length > 0 && { volumes }),
  });
  return { spec: restricted, findings };
}

const LOW_PORTS = 'net.ipv4.ip_unprivileged_port_start';

/** A pod whose processes may listen on every port, whoever they run as. */
export function withLowPorts(spec: PodSpec, source: string): { spec: PodSpec; findings: WeavingFinding[] } {
  const securityContext = securityContextOf(spec);
  const { sysctls } = securityContext;
  const given = Array.isArray(sysctls) ? sysctls.filter(isRecord) : [];
  const other = given.find(({ name }) => name === LOW_PORTS);
  const problem =
    spec.hostNetwork === true
      ? `the pod is on the host network, where it cannot have the sysctl ${LOW_PORTS}; leave out "lowPorts", and let ` +
        'the container listen on a port from 1024 on'
      : other && other.value !== '0'
        ? `the pod has the sysctl ${LOW_PORTS}: ${JSON.stringify(other.value)}, where "lowPorts" would set "0"; leave ` +
          'out one of them'
        : undefined;
  if (problem !== undefined) {
    return { spec, findings: [{ rule: 'security-preset', source, message: problem }] };
  }
  return {
    spec: other
      ? spec
      : withFields(spec, {
          securityContext: sorted({ ...securityContext, sysctls: [...given, { name: LOW_PORTS, value: '0' }] }),
        }),
    findings: [],
  };
}

/**
 * Fills in what "restricted" asks of one container; what it says itself stays, for the rules to judge.
 *
 * @param pod what the container inherits, and the volumes that are there
 */
export function restrictContainer(
  container: Container,
  { user, group, writablePaths = [] }: RestrictedOptions,
  pod: PodSpec,
): { container: Container; volumes: Volume[]; findings: WeavingFinding[] } {
  const findings: WeavingFinding[] = [];
  const report = (message: string): void => {
    findings.push({ rule: 'security-preset', message: `container "${container.name}" ${message}` });
  };
  const given = securityContextOf(container);
  const wanted = { runAsUser: user, runAsGroup: group };
  for (const [field, value] of Object.entries(wanted)) {
    if (value !== undefined && given[field] !== undefined && given[field] !== value) {
      report(`has ${field}: ${asJson(given[field])}, but the preset is given ${value}; remove one of them`);
    }
  }
  const securityContext = sorted(
    withGiven<Record<string, unknown>>(
      {
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        runAsNonRoot: true,
        ...wanted,
        // A profile of the pod is enough, and it may be another one on purpose.
        seccompProfile: hasSeccomp(securityContextOf(pod)) ? undefined : { type: 'RuntimeDefault' },
      },
      { ...given, capabilities: droppingAll(given.capabilities) },
    ),
  );

  const mounts = [...(container.volumeMounts ?? [])];
  const volumes: Volume[] = [];
  for (const [index, mountPath] of writablePaths.entries()) {
    // A path that the container has mounted already is as writable as its author made it.
    if (mounts.some((mount) => mount.mountPath === mountPath)) {
      continue;
    }
    const taken = new Set([...(pod.volumes ?? []), ...volumes].map((volume) => volume.name));
    const nameOf = (number: number): string => `${(container.name ?? '').slice(0, 50)}-writable-${number}`;
    let number = index;
    // One of that name may be another's.
    while (taken.has(nameOf(number))) {
      number++;
    }
    const name = nameOf(number);
    volumes.push({ emptyDir: {}, name });
    mounts.push({ mountPath, name });
  }
  return {
    container: withFields(container, { securityContext, ...(mounts.length > 0 && { volumeMounts: mounts }) }),
    volumes,
    findings,
  };
}

function securityContextOf({ securityContext }: PodSpec | Container): Record<string, unknown> {
  return isRecord(securityContext) ? securityContext : {};
}

function droppingAll(capabilities: unknown): unknown {
  const given = isRecord(capabilities) ? capabilities : {};
  const drop: unknown[] = Array.isArray(given.drop) ? given.drop : [];
  return { ...given, drop: drop.includes('ALL') ? drop : [...drop, 'ALL'] };
}
