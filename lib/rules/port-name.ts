import { quote, textOf } from './reading/fields';
import { portsOf } from './reading/ports';
import { portNameProblem } from './reading/syntax';
import { PodSubject, Rule } from './rule';

export const portName: Rule<PodSubject> = {
  id: 'port-name',
  level: 'enforced',
  fields: ['ports.name'],
  summary: "A port's name has at most 15 characters (a-z, 0-9, hyphens), at least one of them a letter.",
  source: 'https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#ports',
  check({ template }, report) {
    for (const { container, fields } of portsOf(template)) {
      const name = textOf(fields.name);
      const problem = name === '' ? undefined : portNameProblem(name);
      if (problem !== undefined) {
        report(`${container.label} names a port ${quote(name)}; ${problem}; rename it`);
      }
    }
  },
};
