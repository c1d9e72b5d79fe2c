import { fieldsOf, quote, textOf } from './reading/fields';
import { metadataIn } from './reading/metadata';
import { labelValueProblem, qualifiedNameProblem } from './reading/syntax';
import { ObjectSubject, Rule } from './rule';

export const labels: Rule<ObjectSubject> = {
  id: 'labels',
  level: 'enforced',
  summary: 'Labels have valid keys, and valid values of at most 63 characters.',
  source: 'https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set',
  check(subject, report) {
    for (const { where, metadata } of metadataIn(subject)) {
      for (const [key, value] of Object.entries(fieldsOf(metadata.labels))) {
        const problem = qualifiedNameProblem(key);
        if (problem !== undefined) {
          report(`the label ${quote(key)} of ${where} has an invalid key; ${problem}; rename it`);
        }
        // Whether it is a string, `field-type` says.
        const valueProblem = labelValueProblem(textOf(value));
        if (valueProblem !== undefined) {
          report(`the label ${quote(key)} of ${where} has the value ${quote(value)}; ${valueProblem}`);
        }
      }
    }
  },
};
