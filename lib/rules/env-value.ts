import { containersOf } from './reading/containers';
import { isSet, itemsOf, quote } from './reading/fields';
import { PodSubject, Rule } from './rule';

export const envValue: Rule<PodSubject> = {
  id: 'env-value',
  level: 'enforced',
  fields: ['env'],
  summary: 'The value of an environment variable is a string, not a number or a boolean.',
  source: 'https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#environment-variables',
  check({ template }, report) {
    for (const { label, fields } of containersOf(template)) {
      for (const { name, value } of itemsOf(fields.env)) {
        if (isSet(value) && typeof value !== 'string') {
          report(
            `${label} sets the variable ${quote(name)} to ${quote(value)}, which is no string; write it in quotes`,
          );
        }
      }
    }
  },
};
