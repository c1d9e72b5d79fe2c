import { quoteList } from '../values/text';
import { sourcesOf, volumeLabel, volumesOf } from './reading/volumes';
import { PodSubject, Rule } from './rule';

export const volumeSource: Rule<PodSubject> = {
  id: 'volume-source',
  level: 'enforced',
  summary: 'A volume has exactly one source, such as emptyDir or configMap.',
  source: 'https://kubernetes.io/docs/concepts/storage/volumes/',
  check({ template }, report) {
    for (const [index, volume] of volumesOf(template).entries()) {
      const sources = sourcesOf(volume);
      if (sources.length === 0) {
        report(
          `${volumeLabel(volume, index)} must specify a volume type; write emptyDir: {}, say, as a type without ` +
            'a value counts as none',
        );
      } else if (sources.length > 1) {
        report(
          `${volumeLabel(volume, index)} has the types ${quoteList(sources)}; may not specify more than 1 volume type; keep one`,
        );
      }
    }
  },
};
