import { containersOf } from './reading/containers';
import { quote } from './reading/fields';
import { amountsOf, describeAmount } from './reading/resources';
import { PodSubject, Rule } from './rule';

export const requestLimit: Rule<PodSubject> = {
  id: 'request-limit',
  level: 'enforced',
  fields: ['resources'],
  summary: 'A request is not larger than its limit; for huge pages and extended resources it is the same.',
  source: 'https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/#extended-resources',
  check({ template }, report) {
    for (const container of containersOf(template)) {
      const amounts = amountsOf(container.fields.resources);
      for (const request of amounts.filter(({ kind }) => kind === 'requests')) {
        const { resource, nanos } = request;
        const limit = amounts.find((amount) => amount.kind === 'limits' && amount.resource === resource);
        const who = `${container.label} has ${describeAmount(request)}`;
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

/** Whether a node may promise more of a resource than it has: of its own ones, all but huge pages. */
function mayBeOvercommitted(resource: string): boolean {
  const isNative = !resource.includes('/') || /(^|\.)kubernetes\.io\//.test(resource);
  return isNative && !resource.startsWith('hugepages-');
}
