/**
 * Where a helper stands among the init containers of its pod, which Kubernetes starts one after another.
 *
 * Several can be given; together they must not form a cycle. Without any, helpers follow the workload's own init
 * containers in the order in which they were attached.
 *
 * @see https://kubernetes.io/docs/concepts/workloads/pods/init-containers/
 */
export class InitOrder {
  /** Before all init containers that do not ask for the same. */
  public static first(): InitOrder {
    return new InitOrder(InitPosition.FIRST);
  }

  /**
   * Before another init container.
   *
   * @param container its name
   */
  public static before(container: string): InitOrder {
    return new InitOrder(InitPosition.BEFORE, container);
  }

  /**
   * After another init container.
   *
   * @param container its name
   */
  public static after(container: string): InitOrder {
    return new InitOrder(InitPosition.AFTER, container);
  }

  private constructor(
    /** @internal */ public readonly _position: InitPosition,
    /** @internal */ public readonly _container?: string,
  ) {}
}

/** @internal */
export enum InitPosition {
  FIRST,
  BEFORE,
  AFTER,
}
