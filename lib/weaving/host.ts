import { ApiObject, JsonPatch, resolve } from 'cdk8s';
import { Construct, IConstruct } from 'constructs';
import { RestrictedOptions } from '../contributions/restricted-options';
import { KubernetesVersion } from '../workloads/kubernetes-version';
import { takeVerdict, verdictOn } from '../workloads/verdict';
import { isIgnored, rulesOf, settingsOf } from '../workloads/check-settings';
import { Contribution } from '../contributions/contribution';
import { Finding, findingsError, formatFinding, findingsOf } from '../findings/finding';
import { EnvVar, Manifest, PodSpec, PodTemplate, VolumeMount } from '../values/pod';
import { getPodTemplate, isCustomResource, withPodTemplate, workloadObjectOf } from '../workloads/pod-template';
import { isRendering } from '../findings/rendering';
import { RESTRICTED_RULES, WorkloadRestriction } from './restrict';
import { checkPod, checkRestrictedContainers, Listener, PodSubject, ServicePod } from '../rules';
import { joinServerFindings } from '../rules/server-words';
import { isRecord, plain } from '../values/record';
import { patch } from './patch';
import { isInTree, Thread } from './thread';
import { weave } from './weave';
import { toWire } from './wire';

/** Where the host stands that this copy of the library made. */
const OWN_HOST = Symbol('host');

/** Where the host stands that was made last, by whichever copy of this library. */
const HOST = Symbol.for('cdk8s-pod-patterns.host');

type Hosted = ApiObject & { [OWN_HOST]?: Host; [HOST]?: unknown };

/** What a pattern contributes, and what is changed of it afterwards. */
export class Attachment {
  public readonly patches: JsonPatch[] = [];

  public constructor(
    private readonly host: Host,
    public readonly pattern: Construct,
    public readonly contribution: Contribution,
  ) {}

  /** The name of the helper's container, which a construct that is not typed may leave to be made later. */
  public get containerName(): string {
    return resolve([], this.contribution.helper.container.name, this.host.object) as string;
  }

  public addJsonPatch(patches: readonly JsonPatch[]): void {
    this.patches.push(...patches);
    this.host.changed();
  }
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

  private readonly attachments: Attachment[] = [];
  private readonly renderObject: () => unknown;
  private restriction?: WorkloadRestriction;
  /** Whether the last rendering had no finding, and nothing was attached since. */
  private accepted = false;

  private constructor(public readonly object: Hosted) {
    this.renderObject = object.toJson.bind(object);
    replaceRendering(object, () => this.toJson());
    object[OWN_HOST] = this;
    // Not by an assignment: another version of this library may have made it read-only.
    Object.defineProperty(object, HOST, { value: this, configurable: true, writable: true });
    object.node.addValidation(this);
    takeVerdict(object);
  }

  public attach(pattern: Construct, contribution: Contribution): Attachment {
    const { helper } = contribution;
    // Copies: an author may go on to use the same properties for the next helper.
    const volumes = helper.volumes && [...helper.volumes];
    const attachment = new Attachment(this, pattern, {
      ...contribution,
      helper: Object.assign({}, helper, { volumes }),
    });
    this.attachments.push(attachment);
    this.changed();
    return attachment;
  }

  /** Something is to be woven otherwise than it was when it was looked at last. */
  public changed(): void {
    this.accepted = false;
  }

  public restrict(options: RestrictedOptions, containers: Readonly<Record<string, RestrictedOptions>>): void {
    if (this.restriction) {
      throw new Error(`${this.object.node.path} is restricted already; say everything in one call`);
    }
    this.restriction = { source: 'PodSecurity.restrict', options, containers };
    RESTRICTED_RULES.forEach((rule) => settingsOf(this.object).required.add(rule));
    this.changed();
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
  private attached(): readonly Attachment[] {
    return this.attachments.filter(({ pattern }) => isInTree(pattern));
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
    const threads = attached.map((attachment) => this.thread(attachment));
    const { template: woven, findings } = weave({ ...template, spec: withoutRepeatedTerms(template.spec) }, threads, {
      runsToCompletion: this.runsToCompletion(template.spec),
      version,
      restriction: this.restriction,
    });
    const result = withPodTemplate(this.object, manifest, woven);
    const subject = {
      kind: this.object.kind,
      manifest: result,
      template: woven,
      listeners: threads.flatMap(listenersOf),
      kubernetesVersion: version?.toString(),
    };
    const all = this.isOutermost()
      ? joinServerFindings([...findings, ...this.check(subject, threads, findings)], verdictOn(this.object, result))
      : findings;
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

  private check(subject: PodSubject, threads: readonly Thread[], conflicts: readonly Finding[]): Finding[] {
    const ofHelpers = this.checkRestricted(subject, threads, conflicts);
    const ofPod = checkPod(subject, rulesOf(this.object)).filter(
      ({ rule, message }) => !ofHelpers.some((finding) => finding.rule === rule && finding.message === message),
    );
    return [...ofPod, ...ofHelpers];
  }

  /** Whether each helper that was to satisfy "restricted" does, whatever the rest of the pod is like. */
  private checkRestricted(subject: PodSubject, threads: readonly Thread[], conflicts: readonly Finding[]): Finding[] {
    // Where a helper's name was taken, the container of that name is another.
    const missing = conflicts.filter(({ rule }) => rule === 'container-conflict').map(({ source }) => source);
    return threads.flatMap(({ pattern, container, contribution: { helper } }) =>
      helper.restricted && !missing.includes(pattern.node.path)
        ? checkRestrictedContainers(subject, ({ name }) => name === container.name)
            .filter(({ rule }) => !isIgnored(this.object, rule))
            .map((finding) => ({ ...finding, source: pattern.node.path }))
        : [],
    );
  }

  private thread({ pattern, contribution, patches }: Attachment): Thread {
    const { helper, volumes = [], volumeMounts = [], mainVolumeMounts = [], mainEnv = [] } = contribution;
    const wire = toWire({ container: helper.container, volumes: [...(helper.volumes ?? []), ...volumes] }, this.object);
    const { container, problems } = patch(wire.container, patches);
    return {
      pattern,
      contribution,
      container,
      patchProblems: problems,
      volumes: wire.volumes,
      // Mounts and variables are called on the wire what the L1 calls them.
      volumeMounts: plain(volumeMounts) as VolumeMount[],
      mainVolumeMounts: plain(mainVolumeMounts) as VolumeMount[],
      mainEnv: plain(mainEnv) as EnvVar[],
    };
  }
}

/** What a helper's process listens on, as far as its pattern or its author says. */
function listenersOf({ container: { name = '' }, contribution: { helper, listeners = [] } }: Thread): Listener[] {
  return [
    ...listeners.map((listener) => ({ container: name, ...listener })),
    ...(helper.listensOn ?? []).map((port) => ({ container: name, port, protocol: 'TCP' })),
  ];
}

/** @throws where a method cannot be replaced, as those that a class of another language overrides come */
function replaceRendering(object: ApiObject, toJson: () => Manifest): void {
  const { configurable = true, writable = true } = Object.getOwnPropertyDescriptor(object, 'toJson') ?? {};
  if (!(configurable || writable) || !Object.isExtensible(object)) {
    throw new Error(
      `${object.node.path}: no helper can join it, because its class overrides "toJson" with a method that cannot be ` +
        'replaced, or it is frozen; leave toJson as it is, and change what it renders with its addJsonPatch',
    );
  }
  Object.defineProperty(object, 'toJson', { value: toJson, configurable, writable: true });
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
