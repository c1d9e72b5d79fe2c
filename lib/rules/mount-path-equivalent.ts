import { quote } from './reading/fields';
import { pairsOf } from './reading/lists';
import { mountsOf } from './reading/mounts';
import { normalPath } from './reading/paths';
import { PodSubject, Rule } from './rule';

export const mountPathEquivalent: Rule<PodSubject> = {
  id: 'mount-path-equivalent',
  level: 'default',
  fields: ['volumeMounts'],
  summary: 'No two mounts of a container have paths that only look different, such as /a and /a/.',
  source: 'https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#volumes-1',
  check({ template }, report) {
    for (const { container, mounts } of mountsOf(template)) {
      for (const [first, second] of pairsOf(mounts)) {
        if (first.path !== second.path && normalPath(first.path) === normalPath(second.path)) {
          report(
            `${container.label} mounts ${quote(first.volume)} at ${quote(first.path)} and ${quote(second.volume)} ` +
              `at ${quote(second.path)}, which are one folder, so one hides the other; give one of them another path`,
          );
        }
      }
    }
  },
};
