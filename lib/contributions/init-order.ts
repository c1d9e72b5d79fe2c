import { isRecord } from '../values/record';
import { assertShape, fields, kind } from '../values/shape';

/** A container that others can be told to start before or after: every helper is one. */
export interface IInitContainer {
  /** Its name in the pod. */
  readonly containerName: string;
}

/**
 * Where a helper stands among the init containers of its pod, which Kubernetes starts one after another.
 *
 * Several can be given; together they must not form a cycle. Without any, helpers follow the workload's own init
 * containers in the order in which they were attached; only an ambassador stands before its `main` where that is an init
 * container, and a `WaitFor` before an ambassador that forwards to what it waits for.
 *
 * @example
 *
 * const proxy = new Sidecar(deployment, 'proxy', {
 *   container: { name: 'proxy', image: 'registry.example/proxy:1.4.0' },
 *   kind: HelperKind.NATIVE_SIDECAR,
 * });
 *
 * new WaitFor(deployment, 'wait-for-db', { host: 'db', port: 5432, order: [InitOrder.before(proxy)] });
 *
 * @see https://kubernetes.io/docs/concepts/workloads/pods/init-containers/
 */
export class InitOrder {
  /** Before all init containers that do not ask for the same. */
  public static first(): InitOrder {
    return new InitOrder('first');
  }

  /**
   * Before another init container.
   *
   * @param container a helper of the same workload, or the name of a container
   * @throws when it is neither
   */
  public static before(container: string | IInitContainer): InitOrder {
    return new InitOrder('before', nameOf('InitOrder.before', container));
  }

  /**
   * After another init container.
   *
   * @param container a helper of the same workload, or the name of a container
   * @throws when it is neither
   */
  public static after(container: string | IInitContainer): InitOrder {
    return new InitOrder('after', nameOf('InitOrder.after', container));
  }

  private constructor(
    /** @internal */ public readonly _position: 'first' | 'before' | 'after',
    /** @internal */ public readonly _container?: string,
  ) {}
}

const CONTAINER = kind(
  'a helper or the name of a container',
  (value) => typeof value === 'string' || (isRecord(value) && typeof value.containerName === 'string'),
);

function nameOf(owner: string, container: string | IInitContainer): string {
  assertShape(owner, { container }, fields({ container: CONTAINER }));
  return typeof container === 'string' ? container : container.containerName;
}
