import { quoteList } from '../values/text';
import { containersOf } from './reading/containers';
import { isSet, itemsOf, quote } from './reading/fields';
import { claimNamesOf, volumesOf } from './reading/volumes';
import { PodSubject, Rule } from './rule';

export const mountVolume: Rule<PodSubject> = {
  id: 'mount-volume',
  level: 'enforced',
  fields: ['volumeMounts', 'volumeDevices'],
  summary: 'The volume that a container mounts exists in its pod.',
  source: 'https://kubernetes.io/docs/concepts/storage/volumes/',
  check({ template, manifest }, report) {
    const names = [...volumesOf(template).map(({ name }) => name), ...claimNamesOf(manifest)];
    for (const { label, fields } of containersOf(template)) {
      for (const { name } of [...itemsOf(fields.volumeMounts), ...itemsOf(fields.volumeDevices)]) {
        if (!isSet(name) || name === '') {
          report(`${label} mounts a volume without saying its name; required value: name it`);
        } else if (!names.includes(name)) {
          report(
            `${label} mounts the volume ${quote(name)}; not found: the pod has ${quoteList(names)}; add it, or correct the name`,
          );
        }
      }
    }
  },
};
