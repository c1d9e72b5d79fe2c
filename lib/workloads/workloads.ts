import { ApiObject } from 'cdk8s';
import { IConstruct, IMixin } from 'constructs';
import { quoteList } from '../values/text';
import { hasPodTemplate, setPodTemplatePlace } from './pod-template';
import { asConstruct, assertShape, fields, kind, listOf, mapOf, text } from '../values/shape';
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
   * @param resource a custom resource
   * @param podTemplate the field path, for instance `spec.workload.podTemplate`; items of a list go by their index,
   * as in `spec.replicatedJobs.0.template.spec.template`
   * @throws when that is no path
   */
  public static declare(resource: ApiObject, podTemplate: string): void {
    const { path } = asConstruct('Workloads.declare', resource, 'resource').node;
    assertShape(path, { podTemplate }, fields({ podTemplate: text }));
    setPodTemplatePlace(resource, podTemplate);
  }

  /**
   * All workloads inside a scope, in the order of the construct tree: of an `Include`, a `Helm` release, a chart or
   * an app.
   *
   * @throws when there is none, saying what there is
   */
  public static allOf(scope: IConstruct, filter: WorkloadFilter = {}): ApiObject[] {
    const { path } = asConstruct('Workloads.allOf', scope).node;
    assertShape(path || 'the app', { filter }, fields({ filter: FILTER }));
    const objects = scope.node.findAll().filter((child) => ApiObject.isApiObject(child));
    const workloads = objects.filter((object) => isMeant(object, filter));
    if (workloads.length === 0) {
      throw new Error(
        `${path || 'the app'} has no workload${describe(filter)}; it has ` +
          (objects.map(({ kind, name }) => `${kind} "${name}"`).join(', ') || 'nothing'),
      );
    }
    return workloads;
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
   * @param workload the object that has the pod template
   */
  visit(workload: ApiObject): void;
}

/**
 * A mixin for many workloads at once: each gets what the visitor attaches to it.
 *
 * Like every mixin it sees what is in the scope when it is applied, not what comes later.
 *
 * @example
 *
 * chart.with(
 *   new EachWorkload({ visit: (workload) => void new Sidecar(workload, 'log-shipper', props) }, { kinds: ['Deployment'] }),
 * );
 */
export class EachWorkload implements IMixin {
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

  /** Whether a construct is a workload that is meant. */
  public supports(construct: IConstruct): boolean {
    return ApiObject.isApiObject(construct) && isMeant(construct, this.filter);
  }

  /** Hands the workload to the visitor. */
  public applyTo(construct: IConstruct): void {
    if (ApiObject.isApiObject(construct)) {
      this.visitor.visit(construct);
    }
  }
}

const FILTER = fields({}, { kinds: listOf('kinds', text), labels: mapOf('values', text) });

const VISITOR = kind(
  'an object with the method: { visit: (workload) => … }',
  (value) => isRecord(value) && typeof value.visit === 'function',
);

function isMeant(object: ApiObject, { kinds, labels = {} }: WorkloadFilter): boolean {
  return (
    hasPodTemplate(object) &&
    (kinds?.includes(object.kind) ?? true) &&
    Object.entries(labels).every(([label, value]) => object.metadata.getLabel(label) === value)
  );
}

function describe({ kinds, labels }: WorkloadFilter): string {
  return (
    (kinds ? ` of kind ${quoteList(kinds)}` : '') +
    (labels
      ? ` labelled ${Object.entries(labels)
          .map(([label, value]) => `${label}=${value}`)
          .join(', ')}`
      : '')
  );
}
