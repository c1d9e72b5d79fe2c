import { fieldProblemsOf } from './reading/field-problems';
import { ObjectSubject, Rule } from './rule';

export const requiredField: Rule<ObjectSubject> = {
  id: 'required-field',
  level: 'enforced',
  summary: 'What an object cannot do without is there, such as the key of a secretKeyRef.',
  source: 'https://kubernetes.io/docs/reference/kubernetes-api/',
  check(subject, report) {
    for (const { kind, message } of fieldProblemsOf(subject)) {
      if (kind === 'required') {
        report(message);
      }
    }
  },
};
