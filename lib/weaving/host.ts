import { ApiObject, JsonPatch, resolve } from 'cdk8s';
import { Construct, IConstruct, IValidation } from 'constructs';
import { RestrictedOptions } from '../contributions/restricted-options';
import { KubernetesVersion } from '../workloads/kubernetes-version';
import { takeVerdict, verdictOn } from '../workloads/verdict';
import { isIgnored, rulesOf, settingsOf } from '../workloads/check-settings';
import { Contribution } from '../contributions/contribution';
import { Finding, findingsError, formatFinding, findingsOf, WeavingFinding } from '../findings/finding';
import { EnvVar, Manifest, PodSpec, PodTemplate, VolumeMount } from '../values/pod';
import {
  describeWorkload,
  getIn,
  getPodTemplate,
  isCustomResource,
  itemPathOf,
  placeOf,
  withoutUsualPlace,
  withPodTemplate,
  Workload,
  workloadOf,
  workloadsOf,
} from '../workloads/pod-template';
import { isRendering } from '../findings/rendering';
import { RESTRICTED_RULES, WorkloadRestriction } from './restrict';
import { checkPod, checkRestrictedContainers, Listener, PodSubject, ServicePod } from '../rules';
import { joinServerFindings } from '../rules/reading/server-words';
import { numberProblems } from '../values/finite';
import { isRecord, plain } from '../values/record';
import { isInTree, Thread } from './thread';
import { patch } from './patch';
import { weave } from './weave';
import { toWire } from './wire';

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

/** A workload of an object, woven and checked. */
interface Rendered {
  readonly manifest: Manifest;
  readonly template?: PodTemplate;
  readonly findings: readonly Finding[];
}

/**
 * A workload with helpers: weaves their contributions into its pod template and checks the result, when the object
 * that has the template is rendered.
 */
export class Host {
  /**
   * The host of a construct; the same for a cdk8s-plus workload and the object it wraps.
   *
   * @throws when it has no pod template
   */
  public static of(construct: IConstruct): Host {
    const workload = workloadOf(construct);
    return HostedObject.of(workload.object).hostOf(workload);
  }

  private readonly attachments: Attachment[] = [];
  /** What the helpers are known to listen on, as they were woven last. */
  private woven: readonly Listener[] = [];
  private restriction?: WorkloadRestriction;

  public constructor(
    private readonly hosted: HostedObject,
    private readonly workload: Workload,
  ) {}

  /** The object that has the pod template. */
  public get object(): ApiObject {
    return this.workload.object;
  }

  /** What it is, or the item of a List that it is in. */
  public get description(): ReturnType<typeof describeWorkload> {
    return describeWorkload(this.workload);
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
    this.hosted.changed();
  }

  public restrict(options: RestrictedOptions, containers: Readonly<Record<string, RestrictedOptions>>): void {
    if (this.hosted.copies.some((copy) => copy.isRestricted(this.key))) {
      throw new Error(`${this.scope.node.path} is restricted already; say everything in one call`);
    }
    this.restriction = { source: 'PodSecurity.restrict', options, containers };
    RESTRICTED_RULES.forEach((rule) => settingsOf(this.scope).required.add(rule));
    this.hosted.changed();
  }

  /** For messages: that of the object, with the place where it has several. */
  public get path(): string {
    const { object, place } = this.workload;
    if (!place) {
      return object.node.path;
    }
    const { kind, name } = describeWorkload(this.workload);
    return `${object.node.path}/${this.key}${this.itemPath.length > 0 ? ` (${kind} "${name}")` : ''}`;
  }

  /** What leads to the workload's own object in what is rendered. */
  public get itemPath(): readonly string[] {
    return itemPathOf(this.workload);
  }

  public get isRestricted(): boolean {
    return this.restriction !== undefined;
  }

  public get listeners(): readonly Listener[] {
    return this.woven;
  }

  /** The contributions of the patterns that are still in the construct tree. */
  private attached(): readonly Attachment[] {
    return this.attachments.filter(({ pattern }) => isInTree(pattern));
  }

  /** Weaves into a rendered object. */
  public weave(manifest: Manifest): Rendered {
    const { object, workload } = this;
    const found = getPodTemplate(workload, manifest);
    if ('findings' in found) {
      return { manifest, findings: this.withSource(found.findings) };
    }
    const { template } = found;
    const attached = this.attached();
    const version = KubernetesVersion.of(object);
    const threads = attached.map((attachment) => this.thread(attachment));
    this.woven = threads.flatMap(listenersOf);
    const { kind } = this.description;
    const { template: woven, findings } = weave({ ...template, spec: withoutRepeatedTerms(template.spec) }, threads, {
      runsToCompletion: this.runsToCompletion(template.spec),
      bringsContainers: isCustomResource(this.scope),
      version,
      restriction: this.restriction,
    });
    const lost = placeOf(workload).isPodSpec ? Object.keys(woven.metadata?.annotations ?? {}) : [];
    const unplaced: WeavingFinding[] = lost.map((name) => ({
      rule: 'pod-template',
      message:
        `the pods are to have the annotation "${name}", but their spec has no template around it that could hold it; ` +
        'give the files another "onChange" than ConfigChange.RESTART',
    }));
    const result = withPodTemplate(workload, manifest, woven);
    const { copies } = this.hosted;
    const subject = {
      kind,
      manifest: getIn(result, itemPathOf(workload)) as Manifest,
      template: woven,
      listeners: copies.flatMap((copy) => copy.listenersOf(this.key)),
      kubernetesVersion: version?.toString(),
    };
    const all = this.hosted.isOutermost(this.key)
      ? [...findings, ...unplaced, ...this.check(subject, threads, findings)]
      : [...findings, ...unplaced];
    return { manifest: result, template: woven, findings: this.withSource(all) };
  }

  /** What settings are made for: the workload inside the object, if it is one and somebody asked for it. */
  private get scope(): IConstruct {
    return this.object.node.tryFindChild(placeOf(this.workload).path.join('.')) ?? this.object;
  }

  private get key(): string {
    return keyOf(this.workload);
  }

  /** Says of which of the object's workloads a finding is, where it has several. */
  private withSource(findings: readonly Finding[]): readonly Finding[] {
    if (!this.workload.place) {
      return findings;
    }
    const source = this.path;
    return findings.map((finding) => ({ ...finding, source: finding.source ?? source }));
  }

  /** A Job does, and so do the pods of a custom resource that are not to be started again. */
  private runsToCompletion({ restartPolicy }: PodSpec): string | undefined {
    const { apiGroup, kind } = this.description;
    if (apiGroup === 'batch') {
      return 'Job';
    }
    const ends = restartPolicy === 'Never' || restartPolicy === 'OnFailure';
    return ends && isCustomResource(this.scope) ? kind : undefined;
  }

  private check(subject: PodSubject, threads: readonly Thread[], conflicts: readonly Finding[]): Finding[] {
    const ofHelpers = this.checkRestricted(subject, threads, conflicts);
    const ofPod = checkPod(subject, rulesOf(this.scope)).filter(
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
            .filter(({ rule }) => !isIgnored(this.scope, rule))
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

/** Where the hosts of an object stand that this copy of the library made. */
const OWN_HOSTS = Symbol('hosts');

/** Where those of all copies of this library stand, in the order in which they weave. */
const COPIES = Symbol.for('cdk8s-pod-patterns.hosts');

type Hosted = ApiObject & { [OWN_HOSTS]?: HostedObject; [COPIES]?: Copy[] };

/** What copies of this library tell each other of an object; the key says of which of its workloads. */
interface Copy {
  has(key: string): boolean;
  isRestricted(key: string): boolean;
  listenersOf(key: string): readonly Listener[];
}

function keyOf({ place }: Workload): string {
  return place?.path.join('.') ?? '';
}

/**
 * An object that has workloads with helpers.
 *
 * They are woven in as the last step of rendering, by standing in for the object's `toJson`: only then is everything
 * there that cdk8s-plus, JSON patches and the L1's serializer have to say, and nothing of ours can be dropped by them.
 */
export class HostedObject implements Copy, IValidation {
  public static of(object: Hosted): HostedObject {
    return object[OWN_HOSTS] ?? new HostedObject(object);
  }

  public readonly copies: Copy[];
  private readonly hosts = new Map<string, Host>();
  private readonly renderObject: () => unknown;
  /** Whether the last rendering had no finding, and nothing was attached since. */
  private accepted = false;

  private constructor(private readonly object: Hosted) {
    this.renderObject = object.toJson.bind(object);
    replaceRendering(object, () => this.toJson());
    object[OWN_HOSTS] = this;
    this.copies = object[COPIES] ?? [];
    this.copies.push(this);
    Object.defineProperty(object, COPIES, { value: this.copies, configurable: true });
    object.node.addValidation(this);
    takeVerdict(object);
  }

  public hostOf(workload: Workload): Host {
    const key = keyOf(workload);
    const host = this.hosts.get(key) ?? new Host(this, workload);
    if (!this.hosts.has(key)) {
      this.hosts.set(key, host);
      this.changed();
    }
    return host;
  }

  /** Sees to it that all workloads of the object are checked, with helpers or without. */
  public checkAll(): void {
    workloadsOf(this.object).forEach((workload) => this.hostOf(withoutUsualPlace(workload)));
  }

  /** Something is to be woven otherwise than it was when it was looked at last. */
  public changed(): void {
    this.accepted = false;
  }

  public has(key: string): boolean {
    return this.hosts.has(key);
  }

  public isRestricted(key: string): boolean {
    return this.hosts.get(key)?.isRestricted ?? false;
  }

  public listenersOf(key: string): readonly Listener[] {
    return this.hosts.get(key)?.listeners ?? [];
  }

  /** Whether no other copy of this library weaves after this one: only the last sees the whole pod. */
  public isOutermost(key: string): boolean {
    return this.copies.filter((copy) => copy.has(key)).at(-1) === this;
  }

  /** The pods that a Service may select; none where they cannot be rendered, which is reported elsewhere. */
  public servicePods(): ServicePod[] {
    this.checkAll();
    try {
      return this.render().pods;
    } catch {
      return [];
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

  private render(): {
    manifest: Manifest;
    pods: ServicePod[];
    findings: readonly Finding[];
  } {
    this.accepted = false;
    let manifest = this.renderObject() as Manifest;
    const findings: Finding[] = numberProblems(manifest).map((message) => ({ rule: 'finite-number', message }));
    const templates: { host: Host; template: PodTemplate }[] = [];
    for (const host of this.hosts.values()) {
      const rendered = host.weave(manifest);
      manifest = rendered.manifest;
      findings.push(...rendered.findings);
      if (rendered.template) {
        templates.push({ host, template: rendered.template });
      }
    }
    const all = this.copies.at(-1) === this ? joinServerFindings(findings, verdictOn(this.object, manifest)) : findings;
    this.accepted = all.length === 0;
    const pods = templates.map(({ host, template }) => ({
      manifest: getIn(manifest, host.itemPath) as Manifest,
      template,
      path: host.path,
      chart: this.object.chart.node.path,
    }));
    return { manifest, pods, findings: all };
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
