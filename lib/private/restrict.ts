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
    const { runAsUser, runAsGroup } = securityContextOf(container);
    // What is said for all yields to what a container says itself, as images differ; what is said for one does not.
    const user = typeof runAsUser === 'number' ? runAsUser : options.user;
    const group = typeof runAsGroup === 'number' ? runAsGroup : options.group;
    const own = { ...options, user, group, ...containers[container.name ?? ''] };
    const result = restrictContainer(container, own, { ...spec, volumes });
    findings.push(...result.findings.map((finding) => ({ ...finding, source })));
    volumes.push(...result.volumes);
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
  return { spec: sorted(result), findings };
}

/**
 * Fills in what "restricted" asks of one container; what it says otherwise itself is a finding.
 *
 * @param pod what the container inherits, and the volumes that are there
 */
export function restrictContainer(
  container: Container,
  { user, group, writablePaths = [] }: RestrictedOptions,
  pod: PodSpec,
): { container: Container; volumes: Volume[]; findings: Finding[] } {
  const findings: Finding[] = [];
  const report = (message: string): void => {
    findings.push({ rule: 'security-preset', message: `container "${container.name}" ${message}` });
  };
  const inherited = securityContextOf(pod);
  const context = { ...securityContextOf(container) };
  const fill = (field: string, value: unknown): void => {
    if (context[field] === undefined) {
      context[field] = value;
    } else if (context[field] !== value) {
      report(
        `has securityContext.${field}: ${JSON.stringify(context[field])}, where the preset "restricted" sets ` +
          `${JSON.stringify(value)}; remove one of them`,
      );
    }
  };
  fill('allowPrivilegeEscalation', false);
  fill('runAsNonRoot', true);
  if (context.privileged !== undefined) {
    fill('privileged', false);
  }
  if (user !== undefined) {
    fill('runAsUser', user);
  }
  if (group !== undefined) {
    fill('runAsGroup', group);
  }
  const effectiveUser = context.runAsUser ?? inherited.runAsUser;
  if (effectiveUser === undefined || effectiveUser === 0) {
    report(
      (effectiveUser === 0 ? 'runs as user 0' : 'names no user, and its image may run as root') +
        '; give the preset the number of the user that the image is made for in "user"',
    );
  }
  // The image's own file system is not part of "restricted", so whoever opens it on purpose may.
  context.readOnlyRootFilesystem ??= true;
  // A profile of the pod is enough, and another one than RuntimeDefault may be meant.
  if (context.seccompProfile === undefined && !isConfined(inherited.seccompProfile)) {
    context.seccompProfile = { type: 'RuntimeDefault' };
  } else if (context.seccompProfile !== undefined && !isConfined(context.seccompProfile)) {
    report(
      `has securityContext.seccompProfile: ${JSON.stringify(context.seccompProfile)}, but "restricted" allows the ` +
        'types RuntimeDefault and Localhost only; remove it or leave out the preset',
    );
  }
  const capabilities = isRecord(context.capabilities) ? context.capabilities : {};
  const [added, dropped] = [listOf(capabilities.add), listOf(capabilities.drop)];
  const forbidden = added.filter((capability) => capability !== 'NET_BIND_SERVICE');
  if (forbidden.length > 0) {
    report(
      `adds the capabilities ${quoteList(forbidden)}, but "restricted" allows NET_BIND_SERVICE only; remove them or ` +
        'leave out the preset',
    );
  }
  context.capabilities = { ...capabilities, drop: dropped.includes('ALL') ? dropped : [...dropped, 'ALL'] };

  const mounts = [...(container.volumeMounts ?? [])];
  const volumes: Volume[] = [];
  for (const mountPath of writablePaths) {
    // A path that the container has mounted already is as writable as its author made it.
    if (mounts.some((mount) => mount.mountPath === mountPath)) {
      continue;
    }
    const name = volumeNameFor(container.name ?? '', mountPath);
    if ([...(pod.volumes ?? []), ...volumes].some((volume) => volume.name === name)) {
      report(
        `needs an emptyDir for "${mountPath}", but the pod already has a volume "${name}", which may be another's; ` +
          'mount one there yourself',
      );
    }
    volumes.push({ emptyDir: {}, name });
    mounts.push({ mountPath, name });
  }
  return {
    container: sorted({
      ...container,
      securityContext: sorted(context),
      ...(mounts.length > 0 && { volumeMounts: mounts }),
    }),
    volumes,
    findings,
  };
}

function securityContextOf({ securityContext }: PodSpec | Container): Record<string, unknown> {
  return isRecord(securityContext) ? securityContext : {};
}

function isConfined(seccompProfile: unknown): boolean {
  return isRecord(seccompProfile) && ['RuntimeDefault', 'Localhost'].includes(String(seccompProfile.type));
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [];
}

/** A DNS label: the container's name and the path, at most 63 characters. */
function volumeNameFor(container: string, path: string): string {
  const label = `${container}${path}`.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
  return label.slice(0, 63).replaceAll(/^-+|-+$/g, '');
}
