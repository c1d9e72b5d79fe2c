import { containersOf } from './reading/containers';
import { isSet, itemsOf, quote, textOf } from './reading/fields';
import { PodSubject, Rule } from './rule';

export const envName: Rule<PodSubject> = {
  id: 'env-name',
  level: 'enforced',
  fields: ['env'],
  summary: 'The name of an environment variable is printable ASCII without "=".',
  source:
    'https://github.com/kubernetes/enhancements/tree/master/keps/sig-node/4369-allow-special-characters-environment-variable',
  check({ template }, report) {
    for (const { label, fields } of containersOf(template)) {
      for (const [index, { name }] of itemsOf(fields.env).entries()) {
        if (!isSet(name) || name === '') {
          report(`${label} has no name at env[${index}]; required value: name the variable`);
        } else if (!/^[\x20-\x7e]+$/.test(textOf(name)) || textOf(name).includes('=')) {
          report(
            `${label} sets the variable ${quote(name)}; a valid environment variable name must consist only of ` +
              "printable ASCII characters other than '='; rename it",
          );
        }
      }
    }
  },
};
