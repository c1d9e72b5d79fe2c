import { containersOf } from './reading/containers';
import { fieldsOf, isSet, itemsOf, quote, textOf } from './reading/fields';
import { parseQuantity } from '../values/quantity';
import { amountsOf, describeAmount } from './reading/resources';
import { volumeLabel, volumesOf } from './reading/volumes';
import { PodSubject, Report, Rule } from './rule';

export const quantity: Rule<PodSubject> = {
  id: 'quantity',
  level: 'enforced',
  summary: 'Requests, limits and sizes of volumes are quantities, such as 100m, 1.5 or 128Mi, and not negative.',
  source: 'https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/',
  check({ manifest, template }, report) {
    for (const { label, fields } of containersOf(template)) {
      reportAmounts(label, fields.resources, report);
    }
    for (const [index, volume] of volumesOf(template).entries()) {
      const { sizeLimit } = fieldsOf(volume.emptyDir);
      if (isSet(sizeLimit)) {
        const who = `${volumeLabel(volume, index)} has a sizeLimit of ${quote(sizeLimit)}`;
        reportQuantity(who, parseQuantity(sizeLimit), report);
      }
      const claim = fieldsOf(fieldsOf(volume.ephemeral).volumeClaimTemplate);
      reportAmounts(volumeLabel(volume, index), fieldsOf(claim.spec).resources, report);
    }
    for (const [index, claim] of itemsOf(fieldsOf(fieldsOf(manifest).spec).volumeClaimTemplates).entries()) {
      const name = textOf(fieldsOf(claim.metadata).name);
      const label = name === '' ? `volumeClaimTemplates[${index}]` : `volumeClaimTemplate ${quote(name)}`;
      reportAmounts(label, fieldsOf(claim.spec).resources, report);
    }
  },
};

function reportAmounts(label: string, resources: unknown, report: Report): void {
  for (const amount of amountsOf(resources)) {
    reportQuantity(`${label} has ${describeAmount(amount)}`, amount.nanos, report);
  }
}

function reportQuantity(who: string, nanos: bigint | undefined, report: Report): void {
  if (nanos === undefined) {
    report(
      `${who}; quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'; ` +
        'write it like 100m, 1.5 or 128Mi',
    );
  } else if (nanos < 0n) {
    report(`${who}; must be greater than or equal to 0; leave out the minus, or the amount`);
  }
}
