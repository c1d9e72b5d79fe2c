import { containersOf } from './reading/containers';
import { isWhole } from '../values/quantity';
import { amountsOf, describeAmount } from './reading/resources';
import { PodSubject, Rule } from './rule';

export const fractionalBytes: Rule<PodSubject> = {
  id: 'fractional-bytes',
  level: 'default',
  fields: ['resources'],
  summary: 'Memory and storage are whole bytes: 100m of memory is a tenth of a byte.',
  source: 'https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/#meaning-of-memory',
  check({ template }, report) {
    for (const container of containersOf(template)) {
      for (const amount of amountsOf(container.fields.resources)) {
        const { resource, nanos } = amount;
        if (['memory', 'ephemeral-storage'].includes(resource) && nanos !== undefined && !isWhole(nanos)) {
          report(
            `${container.label} has ${describeAmount(amount)}; fractional byte value is invalid, must be an integer; ` +
              'write M or Mi for megabytes',
          );
        }
      }
    }
  },
};
