import { containersOf } from './reading/containers';
import { quote, textOf } from './reading/fields';
import { parseImage } from './reading/images';
import { PodSubject, Rule } from './rule';

export const pinnedImage: Rule<PodSubject> = {
  id: 'pinned-image',
  level: 'opt-in',
  summary: 'An image is pinned: by a digest, or by a tag that is not "latest".',
  source: 'https://kubernetes.io/docs/concepts/containers/images/#image-names',
  check({ template }, report) {
    for (const { label, fields } of containersOf(template)) {
      const image = textOf(fields.image);
      const { tag, digest } = parseImage(image);
      if (image !== '' && digest === undefined && (tag === undefined || tag === 'latest')) {
        report(
          `${label} has the image ${quote(image)}, whose tag is ` +
            `${tag === undefined ? 'absent, which means latest' : 'latest'}; give it the tag of a release, or a digest`,
        );
      }
    }
  },
};
