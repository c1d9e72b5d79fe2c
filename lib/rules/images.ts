import { quoteList } from '../values/text';
import { containersOf, isSet, quote, textOf } from './read';
import { PodSubject, Rule, isCustom } from './rule';

const PULL_POLICIES = ['Always', 'IfNotPresent', 'Never'];

const imageRequired: Rule<PodSubject> = {
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

const pinnedImage: Rule<PodSubject> = {
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

const imagePullPolicy: Rule<PodSubject> = {
  id: 'image-pull-policy',
  level: 'enforced',
  fields: ['imagePullPolicy'],
  summary: 'The imagePullPolicy of a container is Always, IfNotPresent or Never.',
  source: 'https://kubernetes.io/docs/concepts/containers/images/#image-pull-policy',
  check({ template }, report) {
    for (const { label, fields } of containersOf(template)) {
      const policy = fields.imagePullPolicy;
      if (isSet(policy) && policy !== '' && !PULL_POLICIES.includes(policy as string)) {
        report(
          `${label} has imagePullPolicy ${quote(policy)}; unsupported value: supported values: ` +
            `${quoteList(PULL_POLICIES)}; write one of them, or leave it out`,
        );
      }
    }
  },
};

export const IMAGE_RULES: readonly Rule<PodSubject>[] = [imageRequired, pinnedImage, imagePullPolicy];

/** An image reference: `registry:5000/name:tag@sha256:…`; the registry's port is no tag. */
export function parseImage(image: string): { name: string; tag?: string; digest?: string } {
  const [reference, digest] = image.split('@', 2);
  const colon = reference.indexOf(':', reference.lastIndexOf('/') + 1);
  return colon === -1
    ? { name: reference, digest }
    : { name: reference.slice(0, colon), tag: reference.slice(colon + 1), digest };
}
