import { isWhole, parseQuantity } from './quantity';
import { containersOf, fieldsOf, isSet, itemsOf, quote, textOf } from './read';
import { PodSubject, Rule } from './rule';
import { volumeLabel, volumesOf } from './volumes';

const RESOURCES = 'https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/';
const KINDS = ['requests', 'limits'] as const;

const quantity: Rule<PodSubject> = {
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

const requestLimit: Rule<PodSubject> = {
  id: 'request-limit',
  level: 'enforced',
  fields: ['resources'],
  summary: 'A request is not larger than its limit; for huge pages and extended resources it is the same.',
  source: `${RESOURCES}#extended-resources`,
  check({ template }, report) {
    for (const container of containersOf(template)) {
      const amounts = amountsOf(container.fields.resources);
      for (const request of amounts.filter(({ kind }) => kind === 'requests')) {
        const { resource, nanos } = request;
        const limit = amounts.find((amount) => amount.kind === 'limits' && amount.resource === resource);
        const who = `${container.label} has ${describe(request)}`;
        if (limit === undefined) {
          if (!mayBeOvercommitted(resource)) {
            report(`${who} and no limit; limit must be set for non overcommitable resources; give the same as a limit`);
          }
        } else if (nanos !== undefined && limit.nanos !== undefined) {
          if (!mayBeOvercommitted(resource) && nanos !== limit.nanos) {
            report(`${who}; must be equal to ${resource} limit of ${quote(limit.value)}; make them the same`);
          } else if (nanos > limit.nanos) {
            report(
              `${who}; must be less than or equal to ${resource} limit of ${quote(limit.value)}; lower it, or raise the limit`,
            );
          }
        }
      }
    }
  },
};

const fractionalBytes: Rule<PodSubject> = {
  id: 'fractional-bytes',
  level: 'default',
  fields: ['resources'],
  summary: 'Memory and storage are whole bytes: 100m of memory is a tenth of a byte.',
  source: `${RESOURCES}#meaning-of-memory`,
  check({ template }, report) {
    for (const container of containersOf(template)) {
      for (const amount of amountsOf(container.fields.resources)) {
        const { resource, nanos } = amount;
        if (['memory', 'ephemeral-storage'].includes(resource) && nanos !== undefined && !isWhole(nanos)) {
          report(
            `${container.label} has ${describe(amount)}; fractional byte value is invalid, must be an integer; ` +
              'write M or Mi for megabytes',
          );
        }
      }
    }
  },
};

export const RESOURCE_RULES: readonly Rule<PodSubject>[] = [quantity, requestLimit, fractionalBytes];

interface Amount {
  readonly kind: (typeof KINDS)[number];
  readonly resource: string;
  readonly value: unknown;
  /** Undefined when the value is no quantity. */
  readonly nanos?: bigint;
}

function reportAmounts(label: string, resources: unknown, report: (message: string) => void): void {
  for (const amount of amountsOf(resources)) {
    reportQuantity(`${label} has ${describe(amount)}`, amount.nanos, report);
  }
}

function reportQuantity(who: string, nanos: bigint | undefined, report: (message: string) => void): void {
  if (nanos === undefined) {
    report(
      `${who}; quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'; ` +
        'write it like 100m, 1.5 or 128Mi',
    );
  } else if (nanos < 0n) {
    report(`${who}; must be greater than or equal to 0; leave out the minus, or the amount`);
  }
}

function amountsOf(resources: unknown): Amount[] {
  if (!isSet(resources)) {
    return [];
  }
  return KINDS.flatMap((kind) =>
    Object.entries(fieldsOf(fieldsOf(resources)[kind]))
      .filter(([, value]) => isSet(value))
      .map(([resource, value]) => ({ kind, resource, value, nanos: parseQuantity(value) })),
  );
}

/** `a memory limit of "1Gi"`. */
function describe({ kind, resource, value }: Amount): string {
  return `a ${resource} ${kind === 'limits' ? 'limit' : 'request'} of ${quote(value)}`;
}

/** Whether a node may promise more of a resource than it has: of its own ones, all but huge pages. */
function mayBeOvercommitted(resource: string): boolean {
  const isNative = !resource.includes('/') || /(^|\.)kubernetes\.io\//.test(resource);
  return isNative && !resource.startsWith('hugepages-');
}
