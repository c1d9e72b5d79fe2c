import { quote } from './reading/fields';
import { mountsOf, nestedIn } from './reading/mounts';
import { PodSubject, Rule } from './rule';

export const nestedMount: Rule<PodSubject> = {
  id: 'nested-mount',
  level: 'opt-in',
  fields: ['volumeMounts'],
  summary: 'No mount of a container lies inside another one, which hides what is there in the outer volume.',
  source: 'https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#volumes-1',
  check({ template }, report) {
    for (const { container, mounts } of mountsOf(template)) {
      for (const { outer, inner } of nestedIn(mounts)) {
        report(
          `${container.label} mounts ${quote(inner.volume)} at ${quote(inner.path)}, inside ${quote(outer.volume)} ` +
            `at ${quote(outer.path)}, and hides what is there; mount it elsewhere`,
        );
      }
    }
  },
};
