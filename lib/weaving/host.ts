import { ApiObject } from 'cdk8s';
import { Construct, IConstruct } from 'constructs';
import { RestrictedOptions } from '../contributions/restricted-options';
import { KubernetesVersion } from '../workloads/kubernetes-version';
import { isIgnored, rulesOf, settingsOf } from '../workloads/check-settings';
import { Contribution } from '../contributions/contribution';
import { Finding, findingsError, formatFinding, findingsOf } from '../findings/finding';
import { EnvVar, Manifest, PodSpec, PodTemplate, VolumeMount } from '../values/pod';
import { getPodTemplate, isCustomResource, withPodTemplate, workloadObjectOf } from '../workloads/pod-template';
import { isRendering } from '../findings/rendering';
import { RESTRICTED_RULES, WorkloadRestriction } from './restrict';
import { checkPod, checkRestrictedContainers, Listener, PodSubject, ServicePod } from '../rules';
import { asConstruct } from '../values/shape';
import { isRecord, plain } from '../values/record';
import { Thread } from './thread';
import { weave } from './weave';
import { toWire } from './wire';

/** Adds what a pattern contributes to the workload that is the pattern's scope. */
export function attach(pattern: Construct, contribution: Contribution): void {
  const { helper } = contribution;
  // A copy: an author may go on to use the same properties for the next helper.
  const volumes = helper.volumes && [...helper.volumes];
  Host.of(asConstruct(() => pattern.node.path, pattern.node.scope)).attach(pattern, {
    ...contribution,
    helper: Object.assign({}, helper, { volumes }),
  });
}

/** Where the host stands that this copy of the library made. */
const OWN_HOST = Symbol('host');

/** Where the host stands that was made last, by whichever copy of this library. */
const HOST = Symbol.for('cdk8s-pod-patterns.host');

type Hosted = ApiObject & { [OWN_HOST]?: Host; [HOST]?: unknown };

/** What a pattern contributes. */
interface Attached {
  readonly pattern: Construct;
  readonly contribution: Contribution;
}

/**
 * A workload with helpers: weaves their contributions into its pod template and checks the result.
 *
 * It does so as the last step of rendering, by standing in for the object's `toJson`: only then is everything there
 * that cdk8s-plus, JSON patches and the L1's serializer have to say, and nothing of ours can be dropped by them.
 */
export class Host {
  /**
   * The host of a construct; the same for a cdk8s-plus workload and the object it wraps.
   *
   * @throws when it has no pod template
   */
  public static of(construct: IConstruct): Host {
    const object: Hosted = workloadObjectOf(construct);
    return object[OWN_HOST] ?? new Host(object);
  }

  private readonly contributions: Attached[] = [];
  private readonly renderObject: () => unknown;
  private restriction?: WorkloadRestriction;
  /** Whether the last rendering had no finding, and nothing was attached since. */
  private accepted = false;

  private constructor(public readonly object: Hosted) {
    this.renderObject = object.toJson.bind(object);
    object[OWN_HOST] = this;
    // Not by an assignment: another version of this library may have made it read-only.
    Object.defineProperty(object, HOST, { value: this, configurable: true, writable: true });
    object.toJson = () => this.toJson();
    object.node.addValidation(this);
  }

  public attach(pattern: Construct, contribution: Contribution): void {
    this.contributions.push({ pattern, contribution });
    this.accepted = false;
  }

  public restrict(options: RestrictedOptions, containers: Readonly<Record<string, RestrictedOptions>>): void {
    if (this.restriction) {
      throw new Error(`${this.object.node.path} is restricted already; say everything in one call`);
    }
    this.restriction = { source: 'PodSecurity.restrict', options, containers };
    RESTRICTED_RULES.forEach((rule) => settingsOf(this.object).required.add(rule));
    this.accepted = false;
  }

  /** The pods that a Service may select; undefined where they cannot be rendered, which is reported elsewhere. */
  public servicePod(): ServicePod | undefined {
    try {
      const { manifest, template } = this.render();
      return template && { manifest, template, path: this.object.node.path, chart: this.object.chart.node.path };
    } catch {
      return undefined;
    }
  }

  /** The object with everything woven in; throws all findings at once. */
  private toJson(): Manifest {
    const { manifest, findings } = this.render();
    if (findings.length > 0) {
      throw findingsError(this.object.node.path, findings);
    }
    return manifest;
  }

  /**
   * The findings, for cdk8s to report together with those of the whole app before it writes a file.
   *
   * An app validates everything once per chart, so what was accepted is not rendered again: `toJson` has the last
   * word anyway. A ManifestApp renders everything before it writes, and reports the same findings then.
   */
  public validate(): string[] {
    if (this.accepted || isRendering(this.object.node.root)) {
      return [];
    }
    try {
      return this.render().findings.map(formatFinding);
    } catch (error) {
      // Where another copy of this library helps the same object, it reports its findings itself. What the object
      // cannot render on its own account is reported with everything else that is wrong.
      return findingsOf(error) ? [] : [(error as Error).message];
    }
  }

  /** The contributions of the patterns that are still in the construct tree. */
  private attached(): readonly Attached[] {
    return this.contributions.filter(
      ({ pattern }) => pattern.node.scope?.node.tryFindChild(pattern.node.id) === pattern,
    );
  }

  /** Whether no other copy of this library weaves after this one: only the last sees the whole pod. */
  private isOutermost(): boolean {
    return this.object[HOST] === this;
  }

  private render(): { manifest: Manifest; template?: PodTemplate; findings: readonly Finding[] } {
    this.accepted = false;
    const manifest = this.renderObject() as Manifest;
    const found = getPodTemplate(this.object, manifest);
    if ('findings' in found) {
      return { manifest, findings: found.findings };
    }
    const { template } = found;
    const attached = this.attached();
    const version = KubernetesVersion.of(this.object);
    const threads = attached.map(({ pattern, contribution }) => this.thread(pattern, contribution));
    const { spec, findings } = weave(withoutRepeatedTerms(template.spec), threads, {
      runsToCompletion: this.runsToCompletion(template.spec),
      version,
      restriction: this.restriction,
    });
    const woven: PodTemplate = { ...template, spec };
    const result = withPodTemplate(this.object, manifest, woven);
    const subject = {
      kind: this.object.kind,
      manifest: result,
      template: woven,
      listeners: attached.flatMap(({ contribution }) => listenersOf(contribution)),
      kubernetesVersion: version?.toString(),
    };
    const all = this.isOutermost() ? [...findings, ...this.check(subject, attached, findings)] : findings;
    this.accepted = all.length === 0;
    return { manifest: result, template: woven, findings: all };
  }

  /** A Job does, and so do the pods of a custom resource that are not to be started again. */
  private runsToCompletion({ restartPolicy }: PodSpec): string | undefined {
    if (this.object.apiGroup === 'batch') {
      return 'Job';
    }
    const ends = restartPolicy === 'Never' || restartPolicy === 'OnFailure';
    return ends && isCustomResource(this.object) ? this.object.kind : undefined;
  }

  private check(subject: PodSubject, attached: readonly Attached[], conflicts: readonly Finding[]): Finding[] {
    const ofHelpers = this.checkRestricted(subject, attached, conflicts);
    const ofPod = checkPod(subject, rulesOf(this.object)).filter(
      ({ rule, message }) => !ofHelpers.some((finding) => finding.rule === rule && finding.message === message),
    );
    return [...ofPod, ...ofHelpers];
  }

  /** Whether each helper that was to satisfy "restricted" does, whatever the rest of the pod is like. */
  private checkRestricted(
    subject: PodSubject,
    attached: readonly Attached[],
    conflicts: readonly Finding[],
  ): Finding[] {
    // Where a helper's name was taken, the container of that name is another.
    const missing = conflicts.filter(({ rule }) => rule === 'container-conflict').map(({ source }) => source);
    return attached.flatMap(({ pattern, contribution: { helper } }) =>
      helper.restricted && !missing.includes(pattern.node.path)
        ? checkRestrictedContainers(subject, ({ name }) => name === helper.container.name)
            .filter(({ rule }) => !isIgnored(this.object, rule))
            .map((finding) => ({ ...finding, source: pattern.node.path }))
        : [],
    );
  }

  private thread(pattern: Construct, contribution: Contribution): Thread {
    const { helper, volumes = [], volumeMounts = [], mainVolumeMounts = [], mainEnv = [] } = contribution;
    const wire = toWire({ container: helper.container, volumes: [...(helper.volumes ?? []), ...volumes] }, this.object);
    return {
      pattern,
      contribution,
      container: wire.container,
      volumes: wire.volumes,
      // Mounts and variables are called on the wire what the L1 calls them.
      volumeMounts: plain(volumeMounts) as VolumeMount[],
      mainVolumeMounts: plain(mainVolumeMounts) as VolumeMount[],
      mainEnv: plain(mainEnv) as EnvVar[],
    };
  }
}

/** What a helper's process listens on, as far as its pattern or its author says. */
function listenersOf({ helper, listeners = [] }: Contribution): Listener[] {
  const container = helper.container.name;
  const others = helper.listensOn ?? [];
  return [
    ...listeners.map((listener) => ({ container, ...listener })),
    ...others.map((port) => ({ container, port, protocol: 'TCP' })),
  ];
}

/**
 * A cdk8s-plus workload with `spread` adds the same two anti-affinity terms to itself whenever it is rendered. A term
 * that stands twice says nothing new, so the pod is the same however often that was.
 */
function withoutRepeatedTerms(spec: PodSpec): PodSpec {
  const { affinity } = spec;
  if (!isRecord(affinity) || !isRecord(affinity.podAntiAffinity)) {
    return spec;
  }
  const field = 'requiredDuringSchedulingIgnoredDuringExecution';
  const terms = affinity.podAntiAffinity[field];
  if (!Array.isArray(terms)) {
    return spec;
  }
  const unique = [...new Map(terms.map((term: unknown) => [JSON.stringify(term), term])).values()];
  return { ...spec, affinity: { ...affinity, podAntiAffinity: { ...affinity.podAntiAffinity, [field]: unique } } };
}
