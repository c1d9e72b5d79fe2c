import { isSet, quote, textOf } from './reading/fields';
import { dnsLabelProblem } from './reading/syntax';
import { volumesOf } from './reading/volumes';
import { PodSubject, Rule } from './rule';

export const volumeName: Rule<PodSubject> = {
  id: 'volume-name',
  level: 'enforced',
  fields: ['spec.volumes'],
  summary: "A volume's name is a DNS label of at most 63 characters.",
  source: 'https://kubernetes.io/docs/reference/kubernetes-api/config-and-storage-resources/volume/',
  check({ template }, report) {
    for (const [index, { name }] of volumesOf(template).entries()) {
      const problem = isSet(name) ? dnsLabelProblem(textOf(name)) : undefined;
      if (!isSet(name)) {
        report(`volumes[${index}] has no name; required value: name it`);
      } else if (problem !== undefined) {
        report(`volumes[${index}] is named ${quote(name)}; ${problem}; rename it`);
      }
    }
  },
};
