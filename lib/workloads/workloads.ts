import { ApiObject } from 'cdk8s';
import { Construct, IConstruct, IMixin, IValidation } from 'constructs';
import { InnerWorkload } from './inner-workload';
import {
  declarePlace,
  describeWorkload,
  objectOf,
  podLabelsOf,
  titleOf,
  Workload,
  workloadOf,
  workloadsOf,
} from './pod-template';
import { didYouMean } from '../values/nearest';
import { asConstruct, assertShape, fields, flag, kind, listOf, mapOf, text } from '../values/shape';
import { quoteList } from '../values/text';
import { isRecord } from '../values/record';

/** Which workloads are meant; what is left out does not matter. */
export interface WorkloadFilter {
  /**
   * Their kinds.
   *
   * @default - every kind
   */
  readonly kinds?: string[];

  /**
   * Labels of the objects, all of which they have.
   *
   * @default - whatever labels they have
   */
  readonly labels?: { [label: string]: string };

  /**
   * Whether it is fine if there is none.
   *
   * @default false - where no workload is meant, that is an error
   */
  readonly optional?: boolean;
}

/** How the pods of a workload can be selected. */
export interface WorkloadPods {
  /** Labels, all of which they have; none where none can be told before the manifest is rendered. */
  readonly labels: { [label: string]: string };

  /**
   * Their namespace.
   *
   * @default - that of whoever applies the manifest
   */
  readonly podNamespace?: string;
}

/**
 * Workloads: the objects that have a pod template.
 *
 * @example
 *
 * Workloads.declare(database, 'spec.podTemplate');
 *
 * for (const workload of Workloads.allOf(chart, { kinds: ['Database', 'Deployment'] })) {
 *   new Sidecar(workload, 'log-shipper', { container });
 * }
 */
export class Workloads {
  /**
   * Says where an object of a kind of its own has its pod template. Not needed for the kinds of Kubernetes itself,
   * nor where it is at `spec.template`, as in an Argo Rollout or a Knative Service.
   *
   * An object can have several: a RayCluster, a Volcano Job, an Elasticsearch. Helpers that are attached to the object
   * join the one that was declared last; to what this returns, that one.
   *
   * @param resource a custom resource, or what wraps one
   * @param podTemplate the field path, for instance `spec.workload.podTemplate`; items of a list go by their index,
   * as in `spec.replicatedJobs.0.template.spec.template`
   * @returns what helpers can be attached to
   * @throws when that is no path, leads to an item that a List does not have, or has a pod spec without a template
   *
   * @example
   *
   * const head = Workloads.declare(rayCluster, 'spec.headGroupSpec.template');
   * const workers = Workloads.declare(rayCluster, 'spec.workerGroupSpecs.0.template');
   *
   * new Sidecar(head, 'head-logs', { container });
   * new Sidecar(workers, 'worker-logs', { container });
   */
  public static declare(resource: ApiObject, podTemplate: string): InnerWorkload {
    const object = objectOf(asConstruct('Workloads.declare', resource, 'resource'));
    assertShape(object.node.path, { podTemplate }, fields({ podTemplate: text }));
    return InnerWorkload._of(object, declarePlace(object, podTemplate, false));
  }

  /**
   * Says where an object of a kind of its own has a pod spec without a template around it: a field that has
   * `containers` itself, as `spec` of a Prometheus or `spec.predictor` of a KServe InferenceService. The object may
   * leave its containers to its controller.
   *
   * @param resource a custom resource, or what wraps one
   * @param podSpec the field path, for instance `spec.predictor`
   * @returns what helpers can be attached to
   * @throws when that is no path, leads to an item that a List does not have, or has a pod template
   */
  public static declarePodSpec(resource: ApiObject, podSpec: string): InnerWorkload {
    const object = objectOf(asConstruct('Workloads.declarePodSpec', resource, 'resource'));
    assertShape(object.node.path, { podSpec }, fields({ podSpec: text }));
    return InnerWorkload._of(object, declarePlace(object, podSpec, true));
  }

  /**
   * All workloads inside a scope, in the order of the construct tree: of an `Include`, a `Helm` release, a chart or
   * an app. The items of a `List`, and the pod templates of an object that has several, are an `InnerWorkload` each;
   * others are the object itself.
   *
   * @throws when there is none, saying what there is
   */
  public static allOf(scope: IConstruct, filter: WorkloadFilter = {}): Construct[] {
    const { path } = asConstruct('Workloads.allOf', scope).node;
    assertShape(path || 'the app', { filter }, fields({ filter: FILTER }));
    const objects = scope.node.findAll().filter((child) => ApiObject.isApiObject(child));
    const workloads = objects.flatMap((object) => meantIn(object, filter));
    if (workloads.length === 0 && filter.optional !== true) {
      throw new Error(`${path || 'the app'} has no workload${describe(filter)}; it has ${contentOf(objects, filter)}`);
    }
    return workloads.map(constructOf);
  }

  /**
   * How the pods of a workload can be selected, for a PodMonitor or a NetworkPolicy: by the labels by which the workload
   * selects them itself, or else by those of its pod template. What JSON patches change is not seen.
   *
   * @param workload an object with a pod template, or a cdk8s-plus workload
   * @throws when it is no workload
   */
  public static podsOf(workload: IConstruct): WorkloadPods {
    const found = workloadOf(asConstruct('Workloads.podsOf', workload, 'workload'));
    return { labels: podLabelsOf(found), podNamespace: describeWorkload(found).namespace };
  }

  /**
   * The name of a workload: that of the object, or of the item of a `List`. None where an item leaves its name to the API
   * server, or is given it later (`Lazy`).
   *
   * @param workload an object with a pod template, or a cdk8s-plus workload
   * @throws when it is no workload
   */
  public static nameOf(workload: IConstruct): string | undefined {
    return describeWorkload(workloadOf(asConstruct('Workloads.nameOf', workload, 'workload'))).name;
  }

  private constructor() {
    // There is nothing to make: all is static.
  }
}

/** What to do with each workload. */
export interface IWorkloadVisitor {
  /**
   * Is called once for each workload, for instance to attach a helper to it.
   *
   * @param workload the object that has the pod template, or an `InnerWorkload`
   */
  visit(workload: Construct): void;
}

/**
 * A mixin for many workloads at once: each gets what the visitor attaches to it.
 *
 * Like every mixin it sees what is in the scope when it is applied, not what comes later. Where it finds nothing there,
 * the synthesis fails, unless the filter says `optional`.
 *
 * @example
 *
 * chart.with(
 *   new EachWorkload({ visit: (workload) => void new Sidecar(workload, 'log-shipper', props) }, { kinds: ['Deployment'] }),
 * );
 */
export class EachWorkload implements IMixin {
  private application?: Application;

  /**
   * @param visitor what to do with each workload
   * @param filter which workloads
   * @throws when one of them is of the wrong type
   */
  public constructor(
    private readonly visitor: IWorkloadVisitor,
    private readonly filter: WorkloadFilter = {},
  ) {
    assertShape('EachWorkload', { visitor, filter }, fields({ visitor: VISITOR, filter: FILTER }));
  }

  /** Whether a construct is a workload that is meant, or has such inside. */
  public supports(construct: IConstruct): boolean {
    // A mixin is asked about its scope first, then about what is in that.
    if (!this.application?.covers(construct)) {
      this.application = new Application(construct, this.filter);
    }
    return ApiObject.isApiObject(construct) && meantIn(construct, this.filter).length > 0;
  }

  /** Hands the workload to the visitor. */
  public applyTo(construct: IConstruct): void {
    if (ApiObject.isApiObject(construct)) {
      for (const workload of meantIn(construct, this.filter)) {
        this.application?.found();
        this.visitor.visit(constructOf(workload));
      }
    }
  }
}

/** One application of a mixin to a scope, which complains at synthesis if it came to nothing. */
class Application implements IValidation {
  private hasFound = false;

  public constructor(
    private readonly scope: IConstruct,
    private readonly filter: WorkloadFilter,
  ) {
    if (filter.optional !== true) {
      scope.node.addValidation(this);
    }
  }

  public covers(construct: IConstruct): boolean {
    return construct === this.scope || construct.node.scopes.includes(this.scope);
  }

  public found(): void {
    this.hasFound = true;
  }

  public validate(): string[] {
    if (this.hasFound) {
      return [];
    }
    const objects = this.scope.node.findAll().filter((child) => ApiObject.isApiObject(child));
    const late = objects.filter((object) => meantIn(object, this.filter).length > 0);
    return [
      `EachWorkload found no workload${describe(this.filter)}: ` +
        (late.length > 0
          ? `${late.map(titleOf).join(', ')} came after it was applied; apply it last`
          : `there is ${contentOf(objects, this.filter)}; mend its filter, or give it "optional: true"`),
    ];
  }
}

const FILTER = fields({}, { kinds: listOf('kinds', text), labels: mapOf('values', text), optional: flag });

const VISITOR = kind(
  'an object with the method: { visit: (workload) => … }',
  (value) => isRecord(value) && typeof value.visit === 'function',
);

function meantIn(object: ApiObject, { kinds, labels = {} }: WorkloadFilter): Workload[] {
  return workloadsOf(object).filter((workload) => {
    const described = describeWorkload(workload);
    return (
      (kinds?.includes(described.kind) ?? true) &&
      Object.entries(labels).every(([label, value]) => described.labelOf(label) === value)
    );
  });
}

function constructOf({ object, place }: Workload): Construct {
  return place ? InnerWorkload._of(object, place) : object;
}

function describe({ kinds, labels = {} }: WorkloadFilter): string {
  const all = Object.entries(labels)
    .map(([label, value]) => `${label}=${value}`)
    .join(', ');
  return (kinds ? ` of kind ${quoteList(kinds)}` : '') + (all === '' ? '' : ` labelled ${all}`);
}

/** What there is instead of the workloads that are meant. */
function contentOf(objects: readonly ApiObject[], { kinds = [] }: WorkloadFilter): string {
  const there = objects.flatMap((object): { kind: string; name?: string }[] => {
    const workloads = workloadsOf(object);
    return workloads.length > 0 ? workloads.map(describeWorkload) : [object];
  });
  const slips = kinds.map((wanted) => didYouMean(wanted, new Set(there.map((object) => object.kind))));
  return (there.map(titleOf).join(', ') || 'nothing') + slips.join('');
}
