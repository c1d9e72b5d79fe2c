import { IConstruct } from 'constructs';

const rendering = new WeakSet<IConstruct>();

/**
 * Whether an app is being synthesized by a `ManifestApp`, which renders every object and reports whatever rendering
 * finds: a validation that would render only to find the same can leave it.
 */
export function isRendering(app: IConstruct): boolean {
  return rendering.has(app);
}

export function whileRendering<T>(app: IConstruct, synthesize: () => T): T {
  rendering.add(app);
  try {
    return synthesize();
  } finally {
    rendering.delete(app);
  }
}
