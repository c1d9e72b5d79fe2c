import { containersOf } from './reading/containers';
import { isSet, itemsOf, quote } from './reading/fields';
import { PodSubject, Rule } from './rule';

export const envEmpty: Rule<PodSubject> = {
  id: 'env-empty',
  level: 'default',
  fields: ['env'],
  summary:
    'An environment variable has a value or a valueFrom: without either, as where a value is undefined, it is empty.',
  source: 'https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#environment-variables',
  check({ template }, report) {
    for (const { label, fields } of containersOf(template)) {
      for (const { name, value, valueFrom } of itemsOf(fields.env)) {
        if (isSet(name) && !isSet(value) && !isSet(valueFrom)) {
          report(
            `${label} sets the variable ${quote(name)} to nothing, which makes it empty; give it its value, which may ` +
              'have been undefined, or "" where that is meant',
          );
        }
      }
    }
  },
};
