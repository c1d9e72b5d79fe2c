import { removalOf } from './reading/api-versions';
import { fieldsOf, quote } from './reading/fields';
import { PodSubject, Rule } from './rule';

export const removedApiVersion: Rule<PodSubject> = {
  id: 'removed-api-version',
  level: 'enforced',
  summary: 'The apiVersion of a workload is one that clusters still serve.',
  source: 'https://kubernetes.io/docs/reference/using-api/deprecation-guide/',
  check(subject, report) {
    const { kind, manifest } = subject;
    const removal = removalOf(subject);
    if (removal) {
      report(
        `the ${kind} has the apiVersion ${quote(fieldsOf(manifest).apiVersion)}, which Kubernetes has not served since ` +
          `1.${removal.since}; write ${removal.successor}${kind === 'CronJob' ? '' : ', and a selector where there is none'}`,
      );
    }
  },
};
