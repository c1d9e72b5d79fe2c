import { fieldProblemsOf } from './reading/field-problems';
import { ObjectSubject, Rule } from './rule';

export const fieldValue: Rule<ObjectSubject> = {
  id: 'field-value',
  level: 'enforced',
  summary: 'Fields that can have a few values only, or numbers of a range, have one of these.',
  source: 'https://kubernetes.io/docs/reference/kubernetes-api/',
  check(subject, report) {
    for (const { kind, message } of fieldProblemsOf(subject)) {
      if (kind === 'value') {
        report(message);
      }
    }
  },
};
