import { containersOf } from './reading/containers';
import { isSet, itemsOf, quote, textOf } from './reading/fields';
import { PodSubject, Rule } from './rule';

export const envUnique: Rule<PodSubject> = {
  id: 'env-unique',
  level: 'default',
  fields: ['env'],
  summary: 'A container sets a variable once, unless the later value extends the earlier one.',
  source: 'https://github.com/kubernetes/kubernetes/blob/master/pkg/api/pod/warnings.go',
  check({ template }, report) {
    for (const { label, fields } of containersOf(template)) {
      const seen = new Set<string>();
      const reported = new Set<string>();
      for (const { name, value, valueFrom } of itemsOf(fields.env)) {
        const variable = textOf(name);
        const reference = `$(${variable})`;
        const extendsEarlier = !isSet(valueFrom) && value !== reference && textOf(value).includes(reference);
        if (variable !== '' && seen.has(variable) && !extendsEarlier && !reported.has(variable)) {
          reported.add(variable);
          report(
            `${label} sets the variable ${quote(variable)} again, which hides its previous definition; the last ` +
              'one wins, and kubectl apply may drop either; remove one',
          );
        }
        seen.add(variable);
      }
    }
  },
};
