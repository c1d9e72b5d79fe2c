import { containersOf } from './reading/containers';
import { textOf } from './reading/fields';
import { PodSubject, Rule, isCustom } from './rule';

export const imageRequired: Rule<PodSubject> = {
  id: 'image-required',
  level: 'enforced',
  summary: 'A container has an image.',
  source: 'https://kubernetes.io/docs/concepts/containers/images/',
  check(subject, report) {
    for (const { label, fields } of containersOf(subject.template)) {
      if (textOf(fields.image) === '' && !isCustom(subject)) {
        report(`${label} has no image; required value: name the image it runs`);
      }
    }
  },
};
