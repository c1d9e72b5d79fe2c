import { removalOf, servedVersionOf, wasEverServed } from './reading/api-versions';
import { fieldsOf, quote, textOf } from './reading/fields';
import { isCustom, ObjectSubject, Rule } from './rule';

export const removedApiVersion: Rule<ObjectSubject> = {
  id: 'removed-api-version',
  level: 'enforced',
  summary: 'The apiVersion of a workload, Service or ConfigMap is one in which clusters have its kind.',
  source: 'https://kubernetes.io/docs/reference/using-api/deprecation-guide/',
  check(subject, report) {
    const manifest = fieldsOf(subject.manifest);
    const [apiVersion, kind] = [textOf(manifest.apiVersion), textOf(manifest.kind)];
    const served = servedVersionOf(kind);
    // A fragment of a manifest may have none.
    if (served === undefined || apiVersion === '' || isCustom(subject)) {
      return;
    }
    const removal = removalOf(subject);
    if (removal) {
      report(
        `the ${kind} has the apiVersion ${quote(apiVersion)}, which Kubernetes has not served since 1.${removal.since}; ` +
          `write ${served}${kind === 'CronJob' ? '' : ', and a selector where there is none'}`,
      );
    } else if (!wasEverServed(apiVersion, kind)) {
      report(`the ${kind} has the apiVersion ${quote(apiVersion)}, in which there is no ${kind}; write ${served}`);
    }
  },
};
