import { quoteList } from '../values/text';
import { containersOf } from './reading/containers';
import { isSet, quote } from './reading/fields';
import { PodSubject, Rule } from './rule';

const PULL_POLICIES = ['Always', 'IfNotPresent', 'Never'];

export const imagePullPolicy: Rule<PodSubject> = {
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
