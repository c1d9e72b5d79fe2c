import { IConstruct } from 'constructs';
import { asConstruct, assertShape, fields, kind } from '../values/shape';

const REGISTRY = kind(
  'host, and where need be port and path, as in "registry.example:5000/mirror"',
  (value) => typeof value === 'string' && /^[a-z0-9.-]+(?::[0-9]{1,5})?(?:\/[a-z0-9._-]+)*$/.test(value),
);

const TARGET = Symbol.for('cdk8s-pod-patterns.ImageRegistry');

/**
 * The registry from which the images of ready-made helpers come, for sites without the internet.
 *
 * It is set once, for an app or a chart. The images have the same paths and tags in it as where they come from, without
 * the host: `otel/opentelemetry-collector-contrib:0.160.0` becomes
 * `registry.example/otel/opentelemetry-collector-contrib:0.160.0`, and `haproxy:3.2.21`
 * `registry.example/haproxy:3.2.21`. An image that a helper is given stays as it is.
 * A helper of your own takes part by `ReadyMade`, or by `imageFromRegistry`.
 *
 * @example
 *
 * ImageRegistry.target(app, 'registry.example');
 */
export class ImageRegistry {
  /**
   * Sets the registry for everything inside `scope`; the nearest scope wins.
   *
   * @param scope an app, a chart or any other construct
   * @param registry host, and where need be port and path
   * @throws when that is none
   */
  public static target(scope: IConstruct, registry: string): void {
    const { path } = asConstruct('ImageRegistry.target', scope).node;
    assertShape(path || 'the app', { registry }, fields({ registry: REGISTRY }));
    Object.defineProperty(scope, TARGET, { value: new ImageRegistry(registry), configurable: true });
  }

  /**
   * The registry that was set for a construct.
   *
   * @returns undefined where none was set
   */
  public static of(construct: IConstruct): ImageRegistry | undefined {
    let scope: (IConstruct & { [TARGET]?: ImageRegistry }) | undefined = construct;
    while (scope && !scope[TARGET]) {
      scope = scope.node.scope;
    }
    return scope?.[TARGET];
  }

  private constructor(
    /** Host, and where need be port and path. */
    public readonly registry: string,
  ) {}

  /**
   * An image in this registry, for a container of a helper of your own for instance.
   *
   * @param image as it is called where it comes from, with or without that registry's host
   */
  public image(image: string): string {
    const [first, ...rest] = image.split('/');
    // As Docker tells a host from a part of the path.
    const hasHost = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost');
    return `${this.registry}/${hasHost ? rest.join('/') : image}`;
  }
}
