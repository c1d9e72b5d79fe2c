import { PodTemplate } from '../../values/pod';
import { Container, containersOf } from './containers';
import { itemsOf, readOnce, textOf } from './fields';
import { pairsOf } from './lists';
import { isInside, normalPath } from './paths';

export interface Mount {
  readonly volume: string;
  readonly path: string;
  /** What of the volume is mounted: the subPath, or the subPathExpr. */
  readonly subPath: string;
  readonly readOnly: boolean;
}

export const mountsOf = readOnce((template: PodTemplate): readonly { container: Container; mounts: Mount[] }[] =>
  containersOf(template).map((container) => ({
    container,
    mounts: itemsOf(container.fields.volumeMounts).map(({ name, mountPath, subPath, subPathExpr, readOnly }) => ({
      volume: textOf(name),
      path: textOf(mountPath),
      subPath: textOf(subPath) || textOf(subPathExpr),
      readOnly: readOnly === true,
    })),
  })),
);

/** Mounts inside another one. */
export function nestedIn(mounts: readonly Mount[]): { outer: Mount; inner: Mount }[] {
  return [...pairsOf(mounts)]
    .flatMap(([first, second]) => [
      [first, second],
      [second, first],
    ])
    .map(([outer, inner]) => ({ outer, inner, from: normalPath(outer.path), to: normalPath(inner.path) }))
    .filter(({ from, to }) => from.startsWith('/') && isInside(to, from))
    .map(({ outer, inner }) => ({ outer, inner }));
}
