import { specOf } from './reading/containers';
import { itemsOf } from './reading/fields';
import { PodSubject, Rule, isCustom } from './rule';

export const hasContainer: Rule<PodSubject> = {
  id: 'has-container',
  level: 'enforced',
  summary: 'A pod has at least one regular container.',
  source: 'https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#containers',
  check(subject, report) {
    const { initContainers, containers } = specOf(subject.template);
    if (itemsOf(containers).length === 0 && !isCustom(subject)) {
      const others = itemsOf(initContainers).length;
      report(
        `the pod has no regular container${others > 0 ? `, only ${others} init` : ''}; required value: give it one`,
      );
    }
  },
};
