import { fieldsOf, quote, textOf } from './reading/fields';
import { metadataIn } from './reading/metadata';
import { qualifiedNameProblem } from './reading/syntax';
import { ObjectSubject, Rule } from './rule';

const MAX_ANNOTATION_BYTES = 256 * 1024;

export const annotations: Rule<ObjectSubject> = {
  id: 'annotations',
  level: 'enforced',
  summary: 'Annotations have valid keys, and 256 KiB in all at most.',
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
