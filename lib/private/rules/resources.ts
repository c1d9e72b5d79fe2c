import { isWhole, parseQuantity } from '../quantity';
import { Container, containersOf, fieldsOf, isSet, quote } from './read';
import { PodSubject, Rule } from './rule';

const RESOURCES = 'https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/';
const KINDS = ['requests', 'limits'] as const;

const quantity: Rule<PodSubject> = {
  id: 'quantity',
  level: 'enforced',
  summary: 'Requests and limits are quantities, such as 100m, 1.5 or 128Mi, and not negative.',
  source: 'https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/',
  check({ template }, report) {
    for (const container of containersOf(template)) {
      for (const amount of amountsOf(container)) {
        if (amount.nanos === undefined) {
          report(
            `${container.label} has ${describe(amount)}; quantities must match the regular ` +
              "expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$', as 100m, 1.5 or 128Mi do",
          );
        } else if (amount.nanos < 0n) {
          report(`${container.label} has ${describe(amount)}; must be greater than or equal to 0`);
        }
      }
    }
  },
};

const requestLimit: Rule<PodSubject> = {
  id: 'request-limit',
  level: 'enforced',
  summary: 'A request is not larger than its limit; for huge pages and extended resources it is the same.',
  source: `${RESOURCES}#extended-resources`,
  check({ template }, report) {
    for (const container of containersOf(template)) {
      const amounts = amountsOf(container);
      for (const request of amounts.filter(({ kind }) => kind === 'requests')) {
        const { resource, nanos } = request;
        const limit = amounts.find((amount) => amount.kind === 'limits' && amount.resource === resource);
        const who = `${container.label} has ${describe(request)}`;
        if (limit === undefined) {
          if (!mayBeOvercommitted(resource)) {
            report(`${who} and no limit; limit must be set for non overcommitable resources`);
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
  summary: 'Memory and storage are whole bytes: 100m of memory is a tenth of a byte.',
  source: `${RESOURCES}#meaning-of-memory`,
  check({ template }, report) {
    for (const container of containersOf(template)) {
      for (const amount of amountsOf(container)) {
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

function amountsOf({ fields }: Container): Amount[] {
  const resources = fieldsOf(fields.resources);
  return KINDS.flatMap((kind) =>
    Object.entries(fieldsOf(resources[kind]))
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
