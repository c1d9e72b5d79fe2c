import { fieldProblemsOf } from './reading/field-problems';
import { ObjectSubject, Rule } from './rule';

export const unknownField: Rule<ObjectSubject> = {
  id: 'unknown-field',
  level: 'default',
  summary: 'Fields have names that the API knows, and stand where it looks for them.',
  source: 'https://kubernetes.io/docs/reference/using-api/api-concepts/#field-validation',
  check(subject, report) {
    for (const { kind, message } of fieldProblemsOf(subject)) {
      if (kind === 'unknown') {
        report(message);
      }
    }
  },
};
