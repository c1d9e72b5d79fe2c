import { containersOf } from './reading/containers';
import { quote, textOf } from './reading/fields';
import { imageReferenceProblem } from './reading/images';
import { PodSubject, Rule } from './rule';

export const imageReference: Rule<PodSubject> = {
  id: 'image-reference',
  level: 'default',
  fields: ['image'],
  summary: 'An image is a reference that container runtimes can read, such as registry.example.com/app:1.2.',
  source: 'https://github.com/distribution/reference/blob/main/reference.go',
  check({ template }, report) {
    for (const { label, fields } of containersOf(template)) {
      const problem = imageReferenceProblem(textOf(fields.image));
      if (problem !== undefined) {
        report(`${label} has the image ${quote(fields.image)}, which no container runtime can read; ${problem}`);
      }
    }
  },
};
