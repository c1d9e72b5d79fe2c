import { PodTemplate } from '../../values/pod';
import { Container, containersOf } from './containers';
import { itemsOf, readOnce, textOf } from './fields';
import { pairsOf } from './lists';
import { isInside, normalPath } from './paths';

interface Mount {
  readonly volume: string;
  readonly path: string;
  readonly subPath: string;
}

export const mountsOf = readOnce((template: PodTemplate): readonly { container: Container; mounts: Mount[] }[] =>
  containersOf(template).map((container) => ({
    container,
    mounts: itemsOf(container.fields.volumeMounts).map(({ name, mountPath, subPath, subPathExpr }) => ({
      volume: textOf(name),
      path: textOf(mountPath),
      subPath: textOf(subPath) || textOf(subPathExpr),
    })),
  })),
);

/** Mounts inside another one, and the rest of their path from there on. */
export function nestedIn(mounts: readonly Mount[]): { outer: Mount; inner: Mount; rest: string }[] {
  return [...pairsOf(mounts)]
    .flatMap(([first, second]) => [
      [first, second],
      [second, first],
    ])
    .map(([outer, inner]) => ({ outer, inner, from: normalPath(outer.path), to: normalPath(inner.path) }))
    .filter(({ from, to }) => from.startsWith('/') && isInside(to, from))
    .map(({ outer, inner, from, to }) => ({ outer, inner, rest: to.slice(from === '/' ? 0 : from.length) }));
}
