import { PodTemplate } from '../values/pod';
import { containersOf } from './reading/containers';
import { Fields, isSet, itemsOf, quote } from './reading/fields';
import { Mount, mountsOf, nestedIn } from './reading/mounts';
import { isInside, normalPath } from './reading/paths';
import { filePathsOf, readOnlyTypeOf, volumesOf } from './reading/volumes';
import { PodSubject, Rule } from './rule';

/** The kubelet makes folders to mount on in volumes of files, but no files, and in nothing that is mounted read-only. */
export const mountUnderReadOnly: Rule<PodSubject> = {
  id: 'mount-under-read-only',
  level: 'default',
  fields: ['volumeMounts'],
  summary:
    'No mount lies below a single file, nor a single file inside a ConfigMap, Secret, projected or downwardAPI mount, ' +
    'nor anything inside a read-only emptyDir: the container does not start.',
  source: 'https://kubernetes.io/docs/concepts/storage/volumes/#using-subpath',
  check({ template }, report) {
    const volumeOf = (mount: Mount): Fields => volumesOf(template).find(({ name }) => name === mount.volume) ?? {};
    for (const { container, mounts } of mountsOf(template)) {
      for (const { outer, inner } of nestedIn(mounts)) {
        const volume = volumeOf(outer);
        const type = readOnlyTypeOf(volume);
        const who = `${container.label} mounts ${quote(inner.volume)} at ${quote(inner.path)}`;
        if (isFile(outer, volume)) {
          report(
            `${who}, below ${quote(outer.path)}, which is the file ${quote(outer.subPath)} of ${quote(outer.volume)}, ` +
              'so the container cannot start; mount it elsewhere',
          );
        } else if (type !== undefined && outer.subPath === '' && isFile(inner, volumeOf(inner))) {
          report(
            `${who}, a single file inside the ${type} ${quote(outer.volume)} at ${quote(outer.path)}, where the kubelet ` +
              'makes a folder to mount on, so the container cannot start; mount it elsewhere, or both as sources of ' +
              'one projected volume',
          );
        } else if (isSet(volume.emptyDir) && outer.readOnly && !isWritten(outer.volume, template)) {
          report(
            `${who}, inside the emptyDir ${quote(outer.volume)} at ${quote(outer.path)}, which is mounted read-only, so ` +
              'its folder cannot be made and the container cannot start; mount it elsewhere, or the emptyDir writable',
          );
        }
      }
    }
  },
};

/** Whether a mount is a single file: one that the volume lists, or a key where it lists none. */
function isFile({ subPath }: Mount, volume: Fields): boolean {
  if (subPath === '' || readOnlyTypeOf(volume) === undefined) {
    return false;
  }
  const files = filePathsOf(volume).map(normalPath);
  const path = normalPath(subPath);
  return files.length === 0 ? !path.includes('/') : files.includes(path) && !files.some((file) => isInside(file, path));
}

/** Whether some container may write in a volume, and so may make a folder in it before another one mounts there. */
function isWritten(volume: string, template: PodTemplate): boolean {
  return containersOf(template).some(({ fields }) =>
    itemsOf(fields.volumeMounts).some(({ name, readOnly }) => name === volume && readOnly !== true),
  );
}
