import { fieldsOf, isSet, quote, textOf } from './reading/fields';
import { metadataIn } from './reading/metadata';
import { qualifiedNameProblem } from './reading/syntax';
import { PodSubject, Rule } from './rule';

const MAX_ANNOTATION_BYTES = 256 * 1024;

export const annotations: Rule<PodSubject> = {
  id: 'annotations',
  level: 'enforced',
  summary: 'Annotations have valid keys, values that are strings, and 256 KiB in all at most.',
  source: 'https://kubernetes.io/docs/concepts/overview/working-with-objects/annotations/',
  check(subject, report) {
    for (const { where, metadata } of metadataIn(subject)) {
      let bytes = 0;
      for (const [key, value] of Object.entries(fieldsOf(metadata.annotations))) {
        bytes += Buffer.byteLength(key) + Buffer.byteLength(textOf(value));
        const problem = qualifiedNameProblem(key.toLowerCase());
        if (problem !== undefined) {
          report(`the annotation ${quote(key)} of ${where} has an invalid key; ${problem}; rename it`);
        }
        if (isSet(value) && typeof value !== 'string') {
          report(
            `the annotation ${quote(key)} of ${where} has the value ${quote(value)}; must be a string; write it in ` +
              'quotes',
          );
        }
      }
      if (bytes > MAX_ANNOTATION_BYTES) {
        report(
          `the annotations of ${where} have ${bytes} bytes; may not be more than ${MAX_ANNOTATION_BYTES} bytes; put ` +
            'the largest into a ConfigMap',
        );
      }
    }
  },
};
