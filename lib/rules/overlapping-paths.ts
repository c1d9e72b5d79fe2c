import { quote } from './reading/fields';
import { pairsOf } from './reading/lists';
import { isInside, normalPath } from './reading/paths';
import { filePathsOf, volumeLabel, volumesOf } from './reading/volumes';
import { PodSubject, Rule } from './rule';

export const overlappingPaths: Rule<PodSubject> = {
  id: 'overlapping-paths',
  level: 'default',
  fields: ['spec.volumes'],
  summary: 'The files of a volume have paths that neither repeat nor contain each other.',
  source: 'https://github.com/kubernetes/kubernetes/blob/master/pkg/api/pod/warnings.go',
  check({ template }, report) {
    for (const [index, volume] of volumesOf(template).entries()) {
      for (const [first, second] of pairsOf(filePathsOf(volume))) {
        const [a, b] = [normalPath(first), normalPath(second)];
        if (a === b || isInside(a, b) || isInside(b, a)) {
          report(
            `${volumeLabel(volume, index)} has the overlapping paths ${quote(first)} and ${quote(second)}; give ` +
              'each file a path of its own',
          );
        }
      }
    }
  },
};
