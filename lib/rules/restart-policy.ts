import { quoteList } from '../values/text';
import { specOf } from './reading/containers';
import { isSet, quote } from './reading/fields';
import { PodSubject, Rule, isCustom } from './rule';

export const restartPolicy: Rule<PodSubject> = {
  id: 'restart-policy',
  level: 'enforced',
  summary: 'The restartPolicy of a pod fits its kind: Always for what runs on, OnFailure or Never for a Job.',
  source: 'https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#restart-policy',
  check(subject, report) {
    const { kind } = subject;
    const policy = specOf(subject.template).restartPolicy;
    const supported = supportedPolicies(isCustom(subject) ? '' : kind);
    if (!isSet(policy) || policy === '') {
      if (!supported.includes('Always')) {
        report(
          `the pod of a ${kind} has no restartPolicy; required value: valid values: ${quoteList(supported)}; give it ` +
            'one of these',
        );
      }
    } else if (!supported.includes(policy as string)) {
      report(
        `the pod of a ${kind} has restartPolicy ${quote(policy)}; unsupported value: supported values: ` +
          `${quoteList(supported)}; ${supported.length === 1 ? 'leave it out' : 'write one of them'}`,
      );
    }
  },
};

function supportedPolicies(kind: string): readonly string[] {
  switch (kind) {
    case 'Deployment':
    case 'ReplicaSet':
    case 'StatefulSet':
    case 'DaemonSet':
    case 'ReplicationController':
      return ['Always'];
    case 'Job':
    case 'CronJob':
      return ['OnFailure', 'Never'];
    default:
      return ['Always', 'OnFailure', 'Never'];
  }
}
