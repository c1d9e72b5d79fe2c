import { ApiObject, JsonPatch } from 'cdk8s';
import { IConstruct, IValidation } from 'constructs';
import { Finding, findingsError, findingsOf, formatFinding } from '../findings/finding';
import { isRendering } from '../findings/synthesis';
import { Connection, Listener, ServicePod } from '../rules';
import { joinServerFindings } from '../rules/reading/server-words';
import { numberProblems } from '../values/finite';
import { Manifest, PodTemplate } from '../values/pod';
import { quoteList } from '../values/text';
import { getIn, withoutUsualPlace, Workload, workloadOf, workloadsOf } from '../workloads/pod-template';
import { takeVerdict, verdictOn } from '../workloads/verdict';
import { Host, HostedBy, HostedCopy, keyOf } from './host';

/**
 * The host of a construct; the same for a cdk8s-plus workload and the object it wraps.
 *
 * @throws when it has no pod template
 */
export function hostOf(construct: IConstruct): Host {
  const workload = workloadOf(construct);
  return HostedObject.of(workload.object).hostOf(workload);
}

/** Where the hosts of an object stand that this copy of the library made. */
const OWN_HOSTS = Symbol('hosts');

/** Where those of all copies of this library stand, in the order in which they weave. */
const COPIES = Symbol.for('cdk8s-pod-patterns.hosts');

type Hosted = ApiObject & { [OWN_HOSTS]?: HostedObject; [COPIES]?: HostedCopy[] };

/**
 * An object that has workloads with helpers.
 *
 * They are woven in as the last step of rendering, by standing in for the object's `toJson`: only then is everything
 * there that cdk8s-plus, JSON patches and the L1's serializer have to say, and nothing of ours can be dropped by them.
 */
export class HostedObject implements HostedBy, HostedCopy, IValidation {
  public static of(object: Hosted): HostedObject {
    return object[OWN_HOSTS] ?? new HostedObject(object);
  }

  public readonly copies: HostedCopy[];
  private readonly hosts = new Map<string, Host>();
  private readonly renderObject: () => unknown;
  /** Whether the last rendering had no finding, and nothing was attached since. */
  private accepted = false;
  /** Those of the last rendering, where they are asked for and a `ManifestApp` renders everything once. */
  private pods?: ServicePod[];
  private keepsPods = false;

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

  public connectionsOf(key: string): readonly Connection[] {
    return this.hosts.get(key)?.connections ?? [];
  }

  public isOutermost(key: string): boolean {
    return this.copies.filter((copy) => copy.has(key)).at(-1) === this;
  }

  /** Sees to it that `servicePods` need not render what a `ManifestApp` has rendered. */
  public keepPods(): void {
    this.keepsPods = true;
  }

  /** The pods that a Service may select; none where they cannot be rendered, which is reported elsewhere. */
  public servicePods(): ServicePod[] {
    this.checkAll();
    try {
      return (isRendering(this.object.node.root) ? this.pods : undefined) ?? this.render().pods;
    } catch {
      return [];
    }
  }

  /** The object with everything woven in, whatever is found; empty where it cannot be rendered, which is reported elsewhere. */
  public renderAnyway(): Manifest {
    try {
      return this.render().manifest;
    } catch {
      return {};
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

  /** The object without its helpers. What cdk8s says of a JSON patch that looks for one of them is a TypeError. */
  private renderAlone(): Manifest {
    try {
      return this.renderObject() as Manifest;
    } catch (error) {
      // Where another copy of this library rendered it, its findings are no fault of a patch.
      const paths = findingsOf(error) ? [] : patchesOfContainers(this.object);
      if (paths.length === 0) {
        throw error;
      }
      throw new Error(
        `${(error as Error).message}; its JSON patches, of ${quoteList(paths)}, see it without its helpers, which join ` +
          "last: change a helper's container with the helper's own addJsonPatch",
        { cause: error },
      );
    }
  }

  private render(): {
    manifest: Manifest;
    pods: ServicePod[];
    findings: readonly Finding[];
  } {
    const isInManifestApp = isRendering(this.object.node.root);
    this.accepted = false;
    // Those of what cannot be rendered: it is not to be tried again.
    this.pods = isInManifestApp && this.keepsPods ? [] : undefined;
    const rendered = this.renderAlone();
    let manifest = rendered;
    const findings: Finding[] = [];
    const templates: { host: Host; template: PodTemplate; listeners: readonly Listener[] }[] = [];
    for (const host of this.hosts.values()) {
      const rendered = host.weave(manifest);
      manifest = rendered.manifest;
      findings.push(...rendered.findings);
      if (rendered.template) {
        templates.push({ host, template: rendered.template, listeners: rendered.listeners ?? [] });
      }
    }
    const verdict = this.copies.at(-1) === this ? verdictOn(this.object, manifest) : [];
    // A ManifestApp says so itself of what it is to write.
    if (!isInManifestApp || findings.length + verdict.length > 0) {
      findings.unshift(...numberProblems(rendered).map((message) => ({ rule: 'finite-number', message })));
    }
    const all = joinServerFindings(findings, verdict, manifest);
    this.accepted = all.length === 0;
    const pods = templates.map(({ host, template, listeners }) => ({
      manifest: getIn(manifest, host.itemPath) as Manifest,
      template,
      listeners,
      path: host.path,
      chart: this.object.chart.node.path,
    }));
    this.pods &&= pods;
    return { manifest, pods, findings: all };
  }
}

/** The paths of an object's JSON patches that lead into a container; a field of cdk8s, which has no other word for it. */
function patchesOfContainers(object: ApiObject): string[] {
  const { patches = [] } = object as unknown as { patches?: readonly JsonPatch[] };
  return patches
    .map((patch) => (patch._toJson() as { path: string }).path)
    .filter((path) => /\/(initC|c)ontainers\/\d+/.test(path));
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
