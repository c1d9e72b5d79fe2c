import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { idOfPlace, isInnerAt, markInner, Place } from './pod-template';

/**
 * A workload inside an object: one of several pod templates of a custom resource, or an item of a `List`. Helpers join
 * it as they join any workload.
 *
 * @example
 *
 * const head = Workloads.declare(rayCluster, 'spec.headGroupSpec.template');
 *
 * new Sidecar(head, 'log-shipper', { container });
 */
export class InnerWorkload extends Construct {
  /**
   * The one at a place of an object, which is made when it is asked for first.
   *
   * @internal
   */
  public static _of(object: ApiObject, place: Place): InnerWorkload {
    // By its mark, not by its class: it may be that of another copy of this library.
    const known = object.node.children.find((child): child is InnerWorkload => isInnerAt(child, place));
    return known ?? new InnerWorkload(object, place);
  }

  /** Where it is in the object, for instance `spec.headGroupSpec.template`. */
  public readonly place: string;

  private constructor(
    /** The object that has it. */
    public readonly apiObject: ApiObject,
    place: Place,
  ) {
    super(apiObject, idOfPlace(apiObject, place));
    this.place = place.path.join('.');
    markInner(this, place);
  }
}
