import { quoteList } from '../values/text';
import { containersOf } from './reading/containers';
import { fieldsOf, isSet, itemsOf, quote } from './reading/fields';
import { PodSubject, Rule } from './rule';

export const envValueFrom: Rule<PodSubject> = {
  id: 'env-value-from',
  level: 'enforced',
  fields: ['env'],
  summary: 'A valueFrom has exactly one source, and no value stands beside it.',
  source: 'https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#environment-variables',
  check({ template }, report) {
    for (const { label, fields } of containersOf(template)) {
      for (const { name, value, valueFrom } of itemsOf(fields.env)) {
        if (!isSet(valueFrom)) {
          continue;
        }
        const sources = Object.entries(fieldsOf(valueFrom)).flatMap(([type, source]) => (isSet(source) ? [type] : []));
        const who = `${label} takes the variable ${quote(name)}`;
        if (sources.length === 0) {
          report(
            `${who} from nothing; must specify one of: \`fieldRef\`, \`resourceFieldRef\`, \`configMapKeyRef\` or ` +
              '`secretKeyRef`; give it one, or leave valueFrom out',
          );
        } else if (isSet(value) && value !== '') {
          report(
            `${who} from ${quoteList(sources)} and gives it a value too; valueFrom may not be specified when ` +
              '`value` is not empty; remove one of them',
          );
        } else if (sources.length > 1) {
          report(`${who} from ${quoteList(sources)}; may not have more than one field specified at a time; keep one`);
        }
      }
    }
  },
};
