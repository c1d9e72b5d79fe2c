import { ApiObject, JsonPatch, resolve } from 'cdk8s';
import { Construct, IConstruct } from 'constructs';
import { CHECKSUM, ContainerListener, Contribution } from '../contributions/contribution';
import { RestrictedOptions } from '../contributions/restricted-options';
import { Finding, WeavingFinding } from '../findings/finding';
import { checkPod, checkRestrictedContainers, Connection, Listener, PodSubject } from '../rules';
import { claimNamesOf } from '../rules/reading/volumes';
import { EnvVar, Manifest, PodSpec, PodTemplate, VolumeMount } from '../values/pod';
import { isRecord, plain } from '../values/record';
import { isIgnored, rulesOf, settingsOf } from '../workloads/check-settings';
import { ImageRegistry } from '../workloads/image-registry';
import { KubernetesVersion } from '../workloads/kubernetes-version';
import {
  describeWorkload,
  getIn,
  getPodTemplate,
  isCustomResource,
  isInnerAt,
  itemPathOf,
  movedItem,
  placeOf,
  titleOf,
  withPodTemplate,
  Workload,
} from '../workloads/pod-template';
import { patch } from './patch';
import { RESTRICTED_RULES, WorkloadRestriction } from './restrict';
import { isInTree, Thread } from './thread';
import { weave } from './weave';
import { toWire } from './wire';

/** What a pattern contributes, and what is changed of it afterwards. */
export class Attachment {
  public readonly patches: JsonPatch[] = [];
  /** What the helper is told that its main container listens on. */
  public readonly mainListeners: ContainerListener[] = [];

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

  public mainListensOn(listener: ContainerListener): void {
    this.mainListeners.push(listener);
    this.host.changed();
  }
}

/** A workload of an object, woven and checked. */
interface Rendered {
  readonly manifest: Manifest;
  readonly template?: PodTemplate;
  /** What its processes are known to listen on. */
  readonly listeners?: readonly Listener[];
  readonly findings: readonly Finding[];
}

/** What a workload has to know of the object that it is in. */
export interface HostedBy {
  /** That of each copy of the library that weaves into the object. */
  readonly copies: readonly HostedCopy[];
  /** Something is to be woven otherwise than it was when it was looked at last. */
  changed(): void;
  /** Whether no other copy of the library weaves after this one: only the last sees the whole pod. */
  isOutermost(key: string): boolean;
}

/** What copies of this library tell each other of an object; the key says of which of its workloads. */
export interface HostedCopy {
  has(key: string): boolean;
  isRestricted(key: string): boolean;
  listenersOf(key: string): readonly Listener[];
  connectionsOf(key: string): readonly Connection[];
}

/** Which of the workloads of an object it is. */
export function keyOf({ place }: Workload): string {
  return place?.path.join('.') ?? '';
}

/**
 * A workload with helpers: weaves their contributions into its pod template and checks the result, when the object
 * that has the template is rendered.
 */
export class Host {
  private readonly attachments: Attachment[] = [];
  /** What the helpers are known to listen on and to connect to, as they were woven last. */
  private wovenListeners: readonly Listener[] = [];
  private wovenConnections: readonly Connection[] = [];
  private restriction?: WorkloadRestriction;

  public constructor(
    private readonly hosted: HostedBy,
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
    const { volumes, order, listensOn, podAnnotations, restricted } = helper;
    // Copies: an author may go on to use the same properties for the next helper.
    const attachment = new Attachment(this, pattern, {
      ...contribution,
      helper: {
        ...helper,
        volumes: copyOf(volumes),
        order: copyOf(order),
        listensOn: copyOf(listensOn),
        podAnnotations: podAnnotations && { ...podAnnotations },
        restricted: restricted && { ...restricted, writablePaths: copyOf(restricted.writablePaths) },
      },
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
    this.restriction = { options, containers };
    RESTRICTED_RULES.forEach((rule) => settingsOf(this.scope).required.add(rule));
    this.changed();
  }

  /** For messages: that of the object, with the place where it has several. */
  public get path(): string {
    const { object, place } = this.workload;
    if (!place) {
      return object.node.path;
    }
    return `${object.node.path}/${this.key}${this.itemPath.length > 0 ? ` (${titleOf(this.description)})` : ''}`;
  }

  /** What leads to the workload's own object in what is rendered. */
  public get itemPath(): readonly string[] {
    return itemPathOf(this.workload);
  }

  public get isRestricted(): boolean {
    return this.restriction !== undefined;
  }

  public get listeners(): readonly Listener[] {
    return this.wovenListeners;
  }

  public get connections(): readonly Connection[] {
    return this.wovenConnections;
  }

  /** The contributions of the patterns that are still in the construct tree. */
  private attached(): readonly Attachment[] {
    return this.attachments.filter(({ pattern }) => isInTree(pattern));
  }

  /** Weaves into a rendered object. */
  public weave(manifest: Manifest): Rendered {
    const { workload } = this;
    const attached = this.attached();
    const moved = attached.length > 0 || this.isRestricted ? movedItem(workload, manifest) : [];
    if (moved.length > 0) {
      return { manifest, findings: this.withSource(moved) };
    }
    const found = getPodTemplate(workload, manifest);
    if ('findings' in found) {
      return { manifest, findings: this.withSource(found.findings) };
    }
    const { template } = found;
    const version = KubernetesVersion.of(this.scope);
    const threads = attached.map((attachment) => this.thread(attachment));
    this.wovenListeners = threads.flatMap((thread) => listenersOf(thread, template.spec.containers?.[0]?.name));
    this.wovenConnections = threads.flatMap(connectionsOf);
    const { kind } = this.description;
    const { template: woven, findings } = weave({ ...template, spec: withoutRepeatedTerms(template.spec) }, threads, {
      runsToCompletion: this.runsToCompletion(template.spec),
      bringsContainers: isCustomResource(this.scope),
      claims: claimNamesOf(getIn(manifest, this.itemPath) as Manifest),
      version,
      restriction: this.restriction,
    });
    const lost = placeOf(workload).isPodSpec ? Object.keys(woven.metadata?.annotations ?? {}) : [];
    const unplaced: WeavingFinding[] = lost.map((name) => ({
      rule: 'pod-template',
      message:
        `the pods are to have the annotation "${name}", but their spec has no template around it that could hold it; ` +
        (name.startsWith(CHECKSUM)
          ? 'give the files another "onChange" than ConfigChange.RESTART'
          : 'have the controller of the pods set it'),
    }));
    const result = withPodTemplate(workload, manifest, woven);
    const { copies } = this.hosted;
    const subject = {
      kind,
      manifest: getIn(result, this.itemPath) as Manifest,
      template: woven,
      listeners: copies.flatMap((copy) => copy.listenersOf(this.key)),
      connections: copies.flatMap((copy) => copy.connectionsOf(this.key)),
      kubernetesVersion: version?.toString(),
    };
    const all = this.hosted.isOutermost(this.key)
      ? [...findings, ...unplaced, ...this.check(subject, threads, findings)]
      : [...findings, ...unplaced];
    return { manifest: result, template: woven, listeners: subject.listeners, findings: this.withSource(all) };
  }

  /** What settings are made for: the workload inside the object, if it is one and somebody asked for it. */
  private get scope(): IConstruct {
    const place = placeOf(this.workload);
    return this.object.node.children.find((child) => isInnerAt(child, place)) ?? this.object;
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

  private thread({ pattern, contribution, patches, mainListeners }: Attachment): Thread {
    const { helper, volumes = [], volumeMounts = [], mainVolumeMounts = [], mainEnv = [] } = contribution;
    const wire = toWire({ container: helper.container, volumes: [...(helper.volumes ?? []), ...volumes] }, this.object);
    const { image } = wire.container;
    const registry = helper.imageFromRegistry ? ImageRegistry.of(pattern) : undefined;
    const { container, problems } = patch(
      registry && typeof image === 'string' ? { ...wire.container, image: registry.image(image) } : wire.container,
      patches,
    );
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
      mainListeners,
    };
  }
}

function copyOf<T>(list: T[] | undefined): T[] | undefined {
  return list && [...list];
}

/**
 * What a helper's process and its main container listen on, as far as its pattern or its author says.
 *
 * @param first the main container, where the helper names none
 */
function listenersOf({ container: { name = '' }, contribution, mainListeners }: Thread, first = ''): Listener[] {
  const { helper, listeners = [] } = contribution;
  const { main = first } = helper;
  return [
    ...listeners.map((listener) => ({ container: name, ...listener })),
    ...(helper.listensOn ?? []).map((port) => ({ container: name, port, protocol: 'TCP' })),
    ...(main === '' ? [] : mainListeners.map((listener) => ({ container: main, ...listener }))),
  ];
}

function connectionsOf({ container: { name = '' }, contribution }: Thread): Connection[] {
  const { forwardsTo = [], waitsFor = [] } = contribution;
  return [...forwardsTo, ...[waitsFor].flat()].map((to) => ({ container: name, to }));
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
