import { quoteList } from '../values/text';
import { sourcesOf, volumeLabel, volumesOf } from './reading/volumes';
import { PodSubject, Rule } from './rule';

export const volumeSourceUnique: Rule<PodSubject> = {
  id: 'volume-source-unique',
  level: 'enforced',
  fields: ['spec.volumes'],
  summary: 'A volume has one source, such as emptyDir or configMap, and not several.',
  source: 'https://kubernetes.io/docs/concepts/storage/volumes/',
  check({ template }, report) {
    for (const [index, volume] of volumesOf(template).entries()) {
      const sources = sourcesOf(volume);
      if (sources.length > 1) {
        report(
          `${volumeLabel(volume, index)} has the types ${quoteList(sources)}; may not specify more than 1 volume type; keep one`,
        );
      }
    }
  },
};
