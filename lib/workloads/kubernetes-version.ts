import { IConstruct } from 'constructs';
import { NATIVE_SIDECAR_MINOR } from '../values/pod';
import { assertHasWholePod } from './joins-pod';
import { asConstruct, assertShape, fields, kind } from '../values/shape';

/** Not 1.30, which is 1.3. */
const VERSION = kind('it in quotes, for instance "1.31"', (value) => typeof value === 'string');

const TARGET = Symbol.for('cdk8s-pod-patterns.KubernetesVersion');

/**
 * The version of Kubernetes that manifests are written for.
 *
 * It is set once, for an app or a chart, and decides how helpers run: as native sidecars where the cluster has
 * them, which is from 1.29 on (KEP-753: alpha in 1.28, on by default from 1.29, stable in 1.33), and as regular
 * containers otherwise.
 *
 * @example
 *
 * KubernetesVersion.target(app, '1.31');
 */
export class KubernetesVersion {
  /**
   * Sets the version for everything inside `scope`; the nearest scope wins.
   *
   * @param scope an app, a chart, a workload or any other construct that has some
   * @param version for instance `1.31`, `v1.31.2` or `v1.31.2-eks-1234567`
   * @throws when the version cannot be read, or the scope is a helper
   */
  public static target(scope: IConstruct, version: string): void {
    const { path } = asConstruct('KubernetesVersion.target', scope).node;
    assertShape(path || 'the app', { version }, fields({ version: VERSION }));
    assertHasWholePod(scope, 'a pod runs on one version of Kubernetes, helpers and all; set that');
    Object.defineProperty(scope, TARGET, { value: new KubernetesVersion(scope, version), configurable: true });
  }

  /**
   * The version that was set for a construct.
   *
   * @returns undefined where none was set
   */
  public static of(construct: IConstruct): KubernetesVersion | undefined {
    let scope: (IConstruct & { [TARGET]?: KubernetesVersion }) | undefined = construct;
    while (scope && !scope[TARGET]) {
      scope = scope.node.scope;
    }
    return scope?.[TARGET];
  }

  /** The minor version: 31 of 1.31. */
  public readonly minor: number;

  private constructor(scope: IConstruct, version: string) {
    // As `kubectl version` prints it: some clusters call themselves `1.31+`, `v1.31.2-eks-1234567` or `v1.31.2+k3s1`.
    const match = /^v?1\.(\d+)(\.\d+)?([+-].*)?$/.exec(version);
    if (!match) {
      throw new Error(
        `${scope.node.path || 'the app'}: "${version}" is no version of Kubernetes; write it like "1.31" or "v1.31.2"`,
      );
    }
    this.minor = Number(match[1]);
  }

  /** Whether clusters of this version run native sidecars without a feature gate (1.29 and later, KEP-753). */
  public get hasNativeSidecars(): boolean {
    return this.minor >= NATIVE_SIDECAR_MINOR;
  }

  /** The version as `1.31`. */
  public toString(): string {
    return `1.${this.minor}`;
  }
}
