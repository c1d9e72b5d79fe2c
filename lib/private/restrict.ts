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

/** Makes every container of a pod satisfy Pod Security "restricted". */
export function restrict(
  spec: PodSpec,
  { source, options, containers }: WorkloadRestriction,
): { spec: PodSpec; findings: Finding[] } {
  const findings: Finding[] = [];
  const volumes: Volume[] = [...(spec.volumes ?? [])];
  const apply = (container: Container): Container => {
    const result = restrictContainer(container, { ...options, ...containers[container.name ?? ''] });
    findings.push(...result.findings.map((finding) => ({ ...finding, source })));
    volumes.push(...result.volumes.filter(({ name }) => !volumes.some((volume) => volume.name === name)));
    return result.container;
  };
  const result: PodSpec = { ...spec, containers: (spec.containers ?? []).map(apply) };
  if (spec.initContainers) {
    result.initContainers = spec.initContainers.map(apply);
  }
  if (volumes.length > 0) {
    result.volumes = volumes;
  }
  const names = [...(spec.containers ?? []), ...(spec.initContainers ?? [])].map(({ name }) => name);
  const unknown = Object.keys(containers).filter((name) => !names.includes(name));
  if (unknown.length > 0) {
    findings.push({
      rule: 'security-preset',
      source,
      message: `the pod has no container ${quoteList(unknown)} to restrict; it has ${quoteList(names)}`,
    });
  }
  return { spec: result, findings };
}

/** Fills in what "restricted" asks of one container; what it says otherwise itself is a finding. */
export function restrictContainer(
  container: Container,
  { user, group, writablePaths = [] }: RestrictedOptions,
): { container: Container; volumes: Volume[]; findings: Finding[] } {
  const findings: Finding[] = [];
  const given = isRecord(container.securityContext) ? container.securityContext : {};
  const context: Record<string, unknown> = { ...given };
  const fill = (field: string, value: unknown): void => {
    if (context[field] === undefined) {
      context[field] = value;
    } else if (context[field] !== value) {
      findings.push({
        rule: 'security-preset',
        message:
          `container "${container.name}" has securityContext.${field}: ${JSON.stringify(context[field])}, but Pod ` +
          `Security "restricted" asks for ${JSON.stringify(value)}; remove it or leave out the preset`,
      });
    }
  };
  fill('allowPrivilegeEscalation', false);
  fill('runAsNonRoot', true);
  context.capabilities = droppingAll(context.capabilities);
  context.seccompProfile ??= { type: 'RuntimeDefault' };
  // The image's own file system is not part of "restricted", so whoever opens it on purpose may.
  context.readOnlyRootFilesystem ??= true;
  context.runAsUser ??= user;
  context.runAsGroup ??= group;
  if (context.privileged === true) {
    fill('privileged', false);
  }
  if (context.runAsUser === undefined || context.runAsUser === 0) {
    findings.push({
      rule: 'security-preset',
      message:
        `container "${container.name}" ` +
        (context.runAsUser === 0 ? 'runs as user 0' : 'names no user, and its image may run as root') +
        '; give the preset the number of the user that the image is made for in "user"',
    });
  }

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
  const securityContext = sorted(
    Object.fromEntries(Object.entries(context).filter(([, value]) => value !== undefined)),
  );
  return {
    container: sorted({ ...container, securityContext, ...(mounts.length > 0 && { volumeMounts: mounts }) }),
    volumes,
    findings,
  };
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
