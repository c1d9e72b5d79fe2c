import { textOf } from './reading/fields';
import { claimNamesOf, sourcesOf, volumeLabel, volumesOf } from './reading/volumes';
import { PodSubject, Rule } from './rule';

export const volumeSource: Rule<PodSubject> = {
  id: 'volume-source',
  level: 'default',
  fields: ['spec.volumes'],
  summary: 'A volume says what it is made of: without a source, as in secret: null, it silently becomes an emptyDir.',
  source: 'https://kubernetes.io/docs/reference/kubernetes-api/config-and-storage-resources/volume/',
  check({ template, manifest }, report) {
    const claims = claimNamesOf(manifest);
    for (const [index, volume] of volumesOf(template).entries()) {
      if (sourcesOf(volume).length === 0 && !claims.includes(textOf(volume.name))) {
        const empty = Object.keys(volume).filter((field) => field !== 'name');
        report(
          `${volumeLabel(volume, index)} has no source${empty.length > 0 ? `, as ${empty.join(' and ')} is null` : ''}, ` +
            'so the API server makes it an emptyDir; give it its source, or write emptyDir: {} where that is meant',
        );
      }
    }
  },
};
