import { IConstruct } from 'constructs';

// On the app under a global key: what asks may come from another copy of this library than the app does.
const RENDERING = Symbol.for('cdk8s-pod-patterns.rendering');

const CHECKS = Symbol.for('cdk8s-pod-patterns.checks-when-rendered');

/** What is wrong with an object, given how it was rendered. */
type Check = (manifest: unknown) => readonly string[];

type Synthesized = IConstruct & { [RENDERING]?: boolean; [CHECKS]?: Map<IConstruct, Check[]> };

/**
 * Whether an app is being synthesized by a `ManifestApp`, which renders every object and reports whatever rendering
 * finds: a validation that would render only to find the same can leave it.
 */
export function isRendering(app: Synthesized): boolean {
  return app[RENDERING] === true;
}

/**
 * Lets a `ManifestApp` check an object when everything is rendered, so that nothing is rendered just to be looked at.
 * False where no such app is rendering.
 */
export function checkWhenRendered(object: IConstruct, check: Check): boolean {
  const { root }: { root: Synthesized } = object.node;
  const checks = isRendering(root) ? root[CHECKS] : undefined;
  checks?.set(object, [...(checks.get(object) ?? []), check]);
  return checks !== undefined;
}

/** What the checks that waited for it say of everything that could be rendered. */
export function checkRendered(app: Synthesized, manifests: ReadonlyMap<IConstruct, unknown>): string[] {
  return [...(app[CHECKS] ?? [])].flatMap(([object, checks]) =>
    manifests.has(object)
      ? checks.flatMap((check) => check(manifests.get(object)).map((finding) => `[${object.node.path}] ${finding}`))
      : [],
  );
}

export function whileRendering<T>(app: Synthesized, synthesize: () => T): T {
  const mark = (isRendering: boolean) => {
    Object.defineProperty(app, RENDERING, { value: isRendering, configurable: true });
    Object.defineProperty(app, CHECKS, { value: isRendering ? new Map() : undefined, configurable: true });
  };
  mark(true);
  try {
    return synthesize();
  } finally {
    mark(false);
  }
}
