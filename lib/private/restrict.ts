import { RestrictedOptions } from '../pod-security';
import { Finding, quoteList } from './finding';
import { Container, PodSpec, Volume } from './pod';
import { isRecord, sorted } from './wire';

/** The preset for all containers of a workload. */
export interface WorkloadRestriction {
  readonly source: string;
  readonly options: RestrictedOptions;
  readonly containers: Readonly<Record<string, RestrictedOptions>>;
}

/** The rules that tell whether a container satisfies what the preset is for. */
export const RESTRICTED_RULES: readonly string[] = ['pod-security-restricted', 'numeric-user'];

/** Fills in what Pod Security "restricted" asks of every container of a pod. */
export function restrict(
  spec: PodSpec,
  { source, options, containers }: WorkloadRestriction,
): { spec: PodSpec; findings: Finding[] } {
  const volumes: Volume[] = [...(spec.volumes ?? [])];
  const apply = (container: Container): Container => {
    const result = restrictContainer(container, { ...options, ...containers[container.name ?? ''] });
    volumes.push(...result.volumes.filter(({ name }) => !volumes.some((volume) => volume.name === name)));
    return result.container;
  };
  const names = [...(spec.containers ?? []), ...(spec.initContainers ?? [])].map(({ name }) => name);
  const unknown = Object.keys(containers).filter((name) => !names.includes(name));
  return {
    spec: {
      ...spec,
      ...(spec.containers && { containers: spec.containers.map(apply) }),
      ...(spec.initContainers && { initContainers: spec.initContainers.map(apply) }),
      ...(volumes.length > 0 && { volumes }),
    },
    findings: unknown.map((name) => ({
      rule: 'security-preset',
      source,
      message: `the pod has no container "${name}" to restrict; it has ${quoteList(names)}`,
    })),
  };
}

/** Fills in what "restricted" asks of one container; what it says itself stays, for the rules to judge. */
export function restrictContainer(
  container: Container,
  { user, group, writablePaths = [] }: RestrictedOptions,
): { container: Container; volumes: Volume[] } {
  const given = isRecord(container.securityContext) ? container.securityContext : {};
  const securityContext = sorted(
    withoutUndefined({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      runAsGroup: group,
      runAsNonRoot: true,
      runAsUser: user,
      seccompProfile: { type: 'RuntimeDefault' },
      ...given,
      capabilities: droppingAll(given.capabilities),
    }),
  );

  const mounts = [...(container.volumeMounts ?? [])];
  const volumes: Volume[] = [];
  for (const mountPath of writablePaths) {
    // A path that the container has mounted already is as writable as its author made it.
    if (!mounts.some((mount) => mount.mountPath === mountPath)) {
      const name = volumeNameFor(container.name ?? '', mountPath);
      volumes.push({ emptyDir: {}, name });
      mounts.push({ mountPath, name });
    }
  }
  return {
    container: sorted({ ...container, securityContext, ...(mounts.length > 0 && { volumeMounts: mounts }) }),
    volumes,
  };
}

function withoutUndefined(object: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));
}

function droppingAll(capabilities: unknown): unknown {
  const given = isRecord(capabilities) ? capabilities : {};
  const drop: unknown[] = Array.isArray(given.drop) ? given.drop : [];
  return { ...given, drop: drop.includes('ALL') ? drop : [...drop, 'ALL'] };
}

/** A DNS label: the container's name and the path, at most 63 characters. */
function volumeNameFor(container: string, path: string): string {
  const label = `${container}${path}`.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
  return label.slice(0, 63).replaceAll(/^-+|-+$/g, '');
}
