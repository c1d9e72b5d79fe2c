import { containersOf } from './reading/containers';
import { isSet, quote } from './reading/fields';
import { dnsLabelProblem } from './reading/syntax';
import { PodSubject, Rule, isCustom } from './rule';

export const containerName: Rule<PodSubject> = {
  id: 'container-name',
  level: 'enforced',
  summary: "A container's name is a DNS label of at most 63 characters.",
  source: 'https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#Container',
  check(subject, report) {
    for (const { name, place, fields } of containersOf(subject.template)) {
      if (!isSet(fields.name)) {
        if (!isCustom(subject)) {
          report(`${place} has no name; required value: name it`);
        }
        continue;
      }
      const problem = dnsLabelProblem(name);
      if (problem !== undefined) {
        report(`${place} is named ${quote(fields.name)}; ${problem}; rename it`);
      }
    }
  },
};
