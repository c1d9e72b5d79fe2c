import { IConstruct } from 'constructs';

// On the app under a global key: what asks may come from another copy of this library than the app does.
const RENDERING = Symbol.for('cdk8s-pod-patterns.rendering');

type Synthesized = IConstruct & { [RENDERING]?: boolean };

/**
 * Whether an app is being synthesized by a `ManifestApp`, which renders every object and reports whatever rendering
 * finds: a validation that would render only to find the same can leave it.
 */
export function isRendering(app: Synthesized): boolean {
  return app[RENDERING] === true;
}

export function whileRendering<T>(app: Synthesized, synthesize: () => T): T {
  Object.defineProperty(app, RENDERING, { value: true, configurable: true });
  try {
    return synthesize();
  } finally {
    Object.defineProperty(app, RENDERING, { value: false, configurable: true });
  }
}
