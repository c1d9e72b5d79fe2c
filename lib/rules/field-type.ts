import { fieldProblemsOf } from './reading/field-problems';
import { ObjectSubject, Rule } from './rule';

export const fieldType: Rule<ObjectSubject> = {
  id: 'field-type',
  level: 'enforced',
  summary:
    'Fields have the type that the API gives them: numbers and booleans without quotes, strings with them, lists.',
  source: 'https://kubernetes.io/docs/reference/kubernetes-api/',
  check(subject, report) {
    for (const { kind, message } of fieldProblemsOf(subject)) {
      if (kind === 'type') {
        report(message);
      }
    }
  },
};
