import { fieldsOf, isSet, quote } from './reading/fields';
import { metadataIn } from './reading/metadata';
import { labelValueProblem, qualifiedNameProblem } from './reading/syntax';
import { PodSubject, Rule } from './rule';

export const labels: Rule<PodSubject> = {
  id: 'labels',
  level: 'enforced',
  summary: 'Labels have valid keys, and values that are strings of at most 63 characters.',
  source: 'https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set',
  check(subject, report) {
    for (const { where, metadata } of metadataIn(subject)) {
      for (const [key, value] of Object.entries(fieldsOf(metadata.labels))) {
        const problem = qualifiedNameProblem(key);
        if (problem !== undefined) {
          report(`the label ${quote(key)} of ${where} has an invalid key; ${problem}; rename it`);
        }
        const valueProblem =
          typeof value === 'string' ? labelValueProblem(value) : 'must be a string; write it in quotes';
        if (isSet(value) && valueProblem !== undefined) {
          report(`the label ${quote(key)} of ${where} has the value ${quote(value)}; ${valueProblem}`);
        }
      }
    }
  },
};
