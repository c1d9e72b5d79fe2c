import { quote, textOf } from './reading/fields';
import { repeated } from './reading/lists';
import { volumesOf } from './reading/volumes';
import { PodSubject, Rule } from './rule';

export const volumeNameUnique: Rule<PodSubject> = {
  id: 'volume-name-unique',
  level: 'enforced',
  fields: ['spec.volumes'],
  summary: 'No two volumes of a pod have one name.',
  source: 'https://kubernetes.io/docs/reference/kubernetes-api/config-and-storage-resources/volume/',
  check({ template }, report) {
    const named = volumesOf(template).map((volume, index) => ({
      name: textOf(volume.name),
      place: `volumes[${index}]`,
    }));
    for (const { key, items } of repeated(
      named.filter(({ name }) => name !== ''),
      ({ name }) => name,
    )) {
      report(
        `${items.map(({ place }) => place).join(' and ')} share the name ${quote(key)}; ` +
          'duplicate value: give each volume a name of its own',
      );
    }
  },
};
