import { Fields, quote } from './reading/fields';
import { mountsOf, nestedIn } from './reading/mounts';
import { isInside, normalPath } from './reading/paths';
import { filePathsOf, readOnlyTypeOf, volumesOf } from './reading/volumes';
import { PodSubject, Rule } from './rule';

export const mountUnderReadOnly: Rule<PodSubject> = {
  id: 'mount-under-read-only',
  level: 'default',
  summary:
    'No mount lies inside a ConfigMap, Secret, projected or downwardAPI mount: its folder cannot be made there, and ' +
    'the container does not start.',
  source: 'https://kubernetes.io/docs/concepts/storage/volumes/#configmap',
  check({ template }, report) {
    for (const { container, mounts } of mountsOf(template)) {
      for (const { outer, inner, rest } of nestedIn(mounts)) {
        const source = readOnlySourceOf(volumesOf(template).find(({ name }) => name === outer.volume));
        const files = source?.paths.map((path) => normalPath(`/${path}`)) ?? [];
        const isThere = files.some((path) => path === rest || isInside(path, rest));
        if (source && outer.subPath === '' && !isThere) {
          report(
            `${container.label} mounts ${quote(inner.volume)} at ${quote(inner.path)}, inside the ${source.type} ` +
              `${quote(outer.volume)} at ${quote(outer.path)}, which is read-only, so the container cannot start; ` +
              'mount it elsewhere, or both as sources of one projected volume',
          );
        }
      }
    }
  },
};

/** What a volume that nobody can write in is made of, and the paths it has, where those are listed. */
function readOnlySourceOf(volume: Fields | undefined): { type: string; paths: string[] } | undefined {
  const type = volume && readOnlyTypeOf(volume);
  return volume && type !== undefined ? { type, paths: filePathsOf(volume) } : undefined;
}
