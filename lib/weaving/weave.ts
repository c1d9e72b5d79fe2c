import { isDeepStrictEqual } from 'node:util';
import { CHECKSUM } from '../contributions/contribution';
import { HelperKind } from '../contributions/helper-options';
import { KubernetesVersion } from '../workloads/kubernetes-version';
import { WeavingFinding } from '../findings/finding';
import { sourcesOf } from '../rules/reading/volumes';
import { asJson, quoteList } from '../values/text';
import { inOrder } from './env-order';
import { sortInitContainers } from './init-containers';
import {
  Container,
  EnvVar,
  gracePeriodOf,
  isNativeSidecar,
  PodSpec,
  PodTemplate,
  Probe,
  Volume,
  VolumeMount,
} from '../values/pod';
import { restrict, restrictContainer, withLowPorts, WorkloadRestriction } from './restrict';
import { isRecord, sorted, withFields } from '../values/record';
import { isInTree, Thread } from './thread';

/** What weaving must know of the workload besides its pod spec. */
export interface WorkloadFacts {
  /** What it is where it ends when its containers have ended, as a Job does. */
  readonly runsToCompletion?: string;
  /** Whether its controller may bring the main container, as those of a Prometheus and an Elasticsearch do. */
  readonly bringsContainers: boolean;
  /** The volumes that its controller makes of claims. */
  readonly claims: readonly string[];
  readonly version?: KubernetesVersion;
  readonly restriction?: WorkloadRestriction;
}

type Template = PodTemplate & { spec: PodSpec };

interface Woven {
  readonly template: Template;
  readonly findings: readonly WeavingFinding[];
}

/**
 * Weaves helpers into a pod template. Nothing that is there is changed or dropped: what is the same twice is fine, what
 * differs under one name is a finding.
 */
export function weave(template: Template, threads: readonly Thread[], workload: WorkloadFacts): Woven {
  if (threads.length === 0 && !workload.restriction) {
    return { template, findings: [] };
  }
  return new Weaver(template, workload).weave(threads);
}

class Weaver {
  private readonly findings: WeavingFinding[] = [];
  private readonly containers: Container[];
  private readonly initContainers: Container[];
  private readonly volumes: Volume[];

  private spec: PodSpec;

  public constructor(
    private readonly template: Template,
    private readonly workload: WorkloadFacts,
  ) {
    const { spec } = template;
    this.spec = spec;
    this.containers = [...(spec.containers ?? [])];
    this.initContainers = [...(spec.initContainers ?? [])];
    this.volumes = [...(spec.volumes ?? [])];
  }

  public weave(threads: readonly Thread[]): Woven {
    for (const thread of threads) {
      this.checkParts(thread);
      this.addVolumes(thread, thread.volumes);
      this.addContainer(thread);
      this.checkShutdown(thread);
    }
    // Only now, so that a helper can be the main container of another one.
    for (const thread of threads) {
      this.wireMain(thread);
    }
    const ordered = sortInitContainers(this.initContainers, threads);
    this.findings.push(...ordered.findings);
    const template = this.withAnnotations(threads);
    const spec = this.finish(ordered.containers);
    if (!this.workload.restriction) {
      return { template: { ...template, spec }, findings: this.findings };
    }
    const restricted = restrict(spec, this.workload.restriction);
    return { template: { ...template, spec: restricted.spec }, findings: [...this.findings, ...restricted.findings] };
  }

  private report(thread: Thread, rule: WeavingFinding['rule'], message: string): void {
    this.findings.push({ rule, source: thread.pattern.node.path, message });
  }

  /** What a helper is made of besides its own properties. */
  private checkParts(thread: Thread): void {
    for (const problem of thread.patchProblems) {
      this.report(thread, 'json-patch', problem);
    }
    for (const { kind, name, node } of thread.contribution.objects ?? []) {
      if (node.scope && !isInTree(node.scope)) {
        this.report(
          thread,
          'object-missing',
          `it mounts the ${kind} "${name}" of ${node.scope.node.path}, which was removed; give it files of its own`,
        );
      }
    }
  }

  private withAnnotations(threads: readonly Thread[]): Template {
    const { metadata } = this.template;
    // What is none has no annotations to add to; field-type tells.
    if (!isRecordOrNone(metadata) || !isRecordOrNone(metadata?.annotations)) {
      return this.template;
    }
    const annotations: Record<string, string | undefined> = { ...metadata?.annotations };
    const before = Object.keys(annotations).length;
    for (const thread of threads) {
      const { annotations: own = {}, helper } = thread.contribution;
      for (const [name, value] of [...Object.entries(helper.podAnnotations ?? {}), ...Object.entries(own)]) {
        if (annotations[name] !== undefined && annotations[name] !== value) {
          this.report(
            thread,
            'annotation-conflict',
            `the pod already has the annotation "${name}": ${asJson(annotations[name])}, where ` +
              `${asJson(value)} would be; remove it, or ` +
              (name.startsWith(CHECKSUM) ? 'name the volume of the files otherwise' : 'leave it to the pod'),
          );
        } else {
          annotations[name] = value;
        }
      }
    }
    return Object.keys(annotations).length === before
      ? this.template
      : {
          ...this.template,
          metadata: withFields(metadata ?? {}, { annotations: sorted(annotations) as Record<string, string> }),
        };
  }

  private addContainer(thread: Thread): void {
    const taken = [...this.containers, ...this.initContainers];
    if (taken.some(({ name }) => name === thread.container.name)) {
      this.report(
        thread,
        'container-conflict',
        `the pod already has a container "${thread.container.name}"; it has ` +
          `${quoteList(taken.map(({ name }) => name))}: give the helper another name`,
      );
      return;
    }
    const given = withPorts(thread.container, thread.contribution.ports ?? []);
    const container = this.restricted(thread, this.withMounts(thread, given, thread.volumeMounts));
    const kind = this.kindOf(thread);
    this.checkKind(thread, kind);
    if (thread.contribution.endsBeforeMain) {
      this.initContainers.push(container);
    } else if (kind === HelperKind.NATIVE_SIDECAR) {
      this.initContainers.push(this.withStartupProbe(thread, withFields(container, { restartPolicy: 'Always' })));
    } else {
      this.containers.push(container);
    }
  }

  private restricted(thread: Thread, container: Container): Container {
    const { restricted } = thread.contribution.helper;
    if (!restricted) {
      return container;
    }
    const result = restrictContainer(container, restricted, { ...this.spec, volumes: this.volumes });
    this.findings.push(...result.findings.map((finding) => ({ ...finding, source: thread.pattern.node.path })));
    this.volumes.push(...result.volumes);
    if (restricted.lowPorts) {
      const open = withLowPorts(this.spec, thread.pattern.node.path);
      this.spec = open.spec;
      this.findings.push(...open.findings);
    }
    return result.container;
  }

  /** When the grace period is over, the kubelet kills what is still running. */
  private checkShutdown(thread: Thread): void {
    const { container, contribution } = thread;
    const deadline = contribution.helper.shutdownDeadline?.toSeconds({ integral: false });
    const gracePeriod = gracePeriodOf(this.spec);
    if (deadline !== undefined && deadline >= gracePeriod) {
      this.report(
        thread,
        'shutdown-deadline',
        `container "${container.name}" may take ${deadline} s to stop, but the pod is killed after ` +
          `${gracePeriod} s; shorten it or raise the pod's terminationGracePeriodSeconds`,
      );
    }
  }

  private kindOf({ container, contribution: { helper } }: Thread): HelperKind {
    if (helper.kind !== undefined) {
      return helper.kind;
    }
    const decidedByVersion = this.workload.version?.hasNativeSidecars === true;
    return isNativeSidecar(container) || decidedByVersion ? HelperKind.NATIVE_SIDECAR : HelperKind.REGULAR;
  }

  private checkKind(thread: Thread, kind: HelperKind): void {
    const { container, contribution } = thread;
    const { order = [], waitForStart } = contribution.helper;
    const { version } = this.workload;
    if (contribution.endsBeforeMain) {
      if (isNativeSidecar(container)) {
        this.report(
          thread,
          'helper-kind',
          `container "${container.name}" has restartPolicy "Always", with which it would never be done, but is to end ` +
            'before the main containers start; leave out "restartPolicy"',
        );
      }
      return;
    }
    this.checkRestartPolicy(thread, kind);
    if (kind === HelperKind.NATIVE_SIDECAR) {
      return;
    }
    const { runsToCompletion: ending } = this.workload;
    if (ending !== undefined) {
      this.report(
        thread,
        'job-completion',
        `container "${container.name}" would keep the ${ending} from completing, because a ${ending} waits for every regular ` +
          'container to end; ' +
          (version && !version.hasNativeSidecars
            ? `native sidecars do not, but the target version is ${version.toString()}: raise it to 1.29 or later`
            : 'give the helper "kind: HelperKind.NATIVE_SIDECAR" or target Kubernetes 1.29 or later'),
      );
    }
    if (order.length > 0) {
      this.report(
        thread,
        'init-order',
        `container "${container.name}" is a regular container, and those start all at once; leave out "order" or ` +
          'give it "kind: HelperKind.NATIVE_SIDECAR"',
      );
    }
    if (waitForStart === true) {
      this.report(
        thread,
        'start-gate',
        `container "${container.name}" is a regular container, for which no other waits; leave out "waitForStart" ` +
          'or give it "kind: HelperKind.NATIVE_SIDECAR"',
      );
    }
  }

  /** A container that says how it restarts must not be made to run in a way that needs something else. */
  private checkRestartPolicy(thread: Thread, kind: HelperKind): void {
    const { name, restartPolicy } = thread.container;
    if (kind === HelperKind.REGULAR && restartPolicy === 'Always') {
      this.report(
        thread,
        'helper-kind',
        `container "${name}" has restartPolicy "Always", which is for native sidecars, but is to be a regular ` +
          'container; leave out "restartPolicy" or "kind"',
      );
    } else if (kind === HelperKind.NATIVE_SIDECAR && restartPolicy !== undefined && restartPolicy !== 'Always') {
      this.report(
        thread,
        'helper-kind',
        `container "${name}" has restartPolicy "${restartPolicy}", but is to be a native sidecar, whose restartPolicy ` +
          'is "Always"; leave out "restartPolicy" or "kind"',
      );
    }
  }

  /** Readiness does not hold back the containers behind a native sidecar, only its startupProbe does (KEP-753). */
  private withStartupProbe(thread: Thread, container: Container): Container {
    const { startupProbe, readinessProbe } = container;
    const { helper, gatesStart = false } = thread.contribution;
    if (startupProbe || !(helper.waitForStart ?? gatesStart)) {
      return container;
    }
    if (readinessProbe) {
      return withFields(container, { startupProbe: asStartupProbe(readinessProbe) });
    }
    if (helper.waitForStart === true) {
      this.report(
        thread,
        'start-gate',
        `nothing tells when container "${container.name}" has started; give it a startupProbe or a readinessProbe, ` +
          'or leave out "waitForStart"',
      );
    }
    return container;
  }

  private addVolumes(thread: Thread, volumes: readonly Volume[]): void {
    for (const volume of volumes) {
      if (this.workload.claims.includes(volume.name ?? '')) {
        this.checkClaim(thread, volume);
        continue;
      }
      const existing = this.volumes.find(({ name }) => name === volume.name);
      if (!existing) {
        this.volumes.push(volume);
      } else if (!isDeepStrictEqual(existing, volume)) {
        this.report(
          thread,
          'volume-conflict',
          `the pod already has another volume "${volume.name}": it is ${asJson(existing)}, this one would ` +
            `be ${asJson(volume)}; give one of them another name`,
        );
      }
    }
  }

  /** A volume of a claim is none that the pod declares. */
  private checkClaim(thread: Thread, volume: Volume): void {
    if (sourcesOf(volume).length > 0) {
      this.report(
        thread,
        'volume-conflict',
        `the volume "${volume.name}" would be ${asJson(volume)}, but the pods have one of that name by the workload's ` +
          'volumeClaimTemplates; share that with SharedVolume.fromVolumeClaimTemplate, or give this one another name',
      );
    }
  }

  private wireMain(thread: Thread): void {
    const { main } = thread.contribution.helper;
    const { mainVolumeMounts, mainEnv } = thread;
    const needsMain = mainVolumeMounts.length > 0 || mainEnv.length > 0;
    if (main === undefined && !needsMain && !this.wouldBeAlone(thread)) {
      return;
    }
    const [list, index] = this.findMain(main, thread.container.name);
    if (index === -1) {
      const others = [...this.containers, ...this.initContainers].filter(({ name }) => name !== thread.container.name);
      this.report(
        thread,
        'main-container',
        main === undefined
          ? 'the workload has no container of its own that could be helped; add one'
          : `there is no container "${main}" to help; the pod has ${quoteList(others.map(({ name }) => name))}: ` +
              'name one of them in "main"',
      );
      return;
    }
    this.checkStart(thread, list[index]);
    list[index] = this.withEnv(thread, this.withMounts(thread, list[index], mainVolumeMounts), mainEnv);
  }

  /** A regular container starts when all init containers have ended, save for native sidecars. */
  private checkStart(thread: Thread, main: Container): void {
    const { container, contribution } = thread;
    if (
      contribution.gatesStart &&
      this.kindOf(thread) === HelperKind.REGULAR &&
      this.initContainers.includes(main) &&
      !isNativeSidecar(main)
    ) {
      const { version } = this.workload;
      this.report(
        thread,
        'init-order',
        `container "${container.name}" is a regular container, which starts only after init container "${main.name}", ` +
          'which it helps, has ended; ' +
          (version && !version.hasNativeSidecars
            ? `raise the target version, ${version.toString()}, to 1.29 or later`
            : 'give it "kind: HelperKind.NATIVE_SIDECAR" or target Kubernetes 1.29 or later'),
      );
    }
  }

  /** Whether there is nothing to help. */
  private wouldBeAlone({ contribution }: Thread): boolean {
    const hasOwn = (this.spec.containers ?? []).length > 0;
    return !hasOwn && !this.workload.bringsContainers && contribution.endsBeforeMain !== true;
  }

  /** A helper's main container: the one named, which may be another helper, or the workload's own first one. */
  private findMain(main: string | undefined, helper: string | undefined): [Container[], number] {
    if (main === undefined) {
      // By its place: containers of custom resources need no name.
      return [this.containers, (this.spec.containers ?? []).length > 0 ? 0 : -1];
    }
    const isMain = ({ name }: Container): boolean => name === main && name !== helper;
    const list = this.containers.some(isMain) ? this.containers : this.initContainers;
    return [list, list.findIndex(isMain)];
  }

  private withMounts(thread: Thread, container: Container, added: readonly VolumeMount[]): Container {
    const mounts = container.volumeMounts ?? [];
    const fresh: VolumeMount[] = [];
    for (const mount of added) {
      const existing = [...mounts, ...fresh].find(({ mountPath }) => mountPath === mount.mountPath);
      if (!existing) {
        fresh.push(mount);
      } else if (!isDeepStrictEqual(normalized(existing), normalized(mount))) {
        this.report(
          thread,
          'mount-conflict',
          `${labelOf(container)} already mounts ${asJson(existing)} at "${mount.mountPath}", where ` +
            `${asJson(mount)} would be; mount it at another path`,
        );
      }
    }
    return added.length === 0 ? container : withFields(container, { volumeMounts: mounts.concat(fresh) });
  }

  private withEnv(thread: Thread, container: Container, added: readonly EnvVar[]): Container {
    const existing = container.env ?? [];
    const variables: EnvVar[] = [];
    for (const variable of added) {
      const same = [...existing, ...variables].find(({ name }) => name === variable.name);
      if (!same) {
        variables.push(variable);
      } else if (!isDeepStrictEqual(same, variable)) {
        this.report(
          thread,
          'env-conflict',
          `${labelOf(container)} already has ${asJson(same)}, which ${asJson(variable)} ` +
            'would replace; remove one of them',
        );
      }
    }
    return added.length === 0 ? container : withFields(container, { env: inOrder(variables, existing) });
  }

  private finish(initContainers: Container[]): PodSpec {
    return withFields(this.spec, {
      containers: [...this.containers],
      // `undefined` rather than an empty list where there was none.
      ...(initContainers.length > 0 && { initContainers }),
      ...(this.volumes.length > 0 && { volumes: [...this.volumes] }),
    });
  }
}

/** For messages: only the first container is ever wired without having a name. */
function labelOf({ name }: Container): string {
  return name === undefined ? 'containers[0]' : `container "${name}"`;
}

function isRecordOrNone(value: unknown): boolean {
  return value === undefined || value === null || isRecord(value);
}

/** A container that declares TCP ports, each once. */
function withPorts(container: Container, ports: readonly number[]): Container {
  const declared = container.ports ?? [];
  const isDeclared = (port: number): boolean =>
    declared.some(({ containerPort, protocol = 'TCP' }) => containerPort === port && protocol === 'TCP');
  const added = ports.filter((port) => !isDeclared(port)).map((containerPort) => ({ containerPort }));
  return added.length === 0 ? container : withFields(container, { ports: [...declared, ...added] });
}

/** `readOnly: false` is what a mount without the field means. */
function normalized({ readOnly, ...mount }: VolumeMount): VolumeMount {
  return readOnly ? { ...mount, readOnly } : mount;
}

/** A startup probe succeeds once: the API server rejects any other successThreshold. */
function asStartupProbe(readinessProbe: Probe): Probe {
  const { successThreshold, ...probe } = readinessProbe;
  // A copy: YAML writers print what is the same object twice as an alias.
  return structuredClone(probe);
}
