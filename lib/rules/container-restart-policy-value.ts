import { quoteList } from '../values/text';
import { containersOf } from './reading/containers';
import { isSet, quote } from './reading/fields';
import { PodSubject, Rule } from './rule';

const POLICIES = ['Always', 'OnFailure', 'Never'];

export const containerRestartPolicyValue: Rule<PodSubject> = {
  id: 'container-restart-policy-value',
  level: 'default',
  fields: ['restartPolicy'],
  summary:
    'The restartPolicy of a container is Always, OnFailure or Never: Kubernetes 1.34 and later may drop anything else ' +
    'without a word.',
  source: 'https://github.com/kubernetes/enhancements/tree/master/keps/sig-node/5307-container-restart-policy',
  check({ template }, report) {
    for (const { label, role, fields } of containersOf(template)) {
      const policy = fields.restartPolicy;
      if (isSet(policy) && !POLICIES.includes(policy as string)) {
        report(
          `${label} has restartPolicy ${quote(policy)}, which is none of ${quoteList(POLICIES)}, and which the API ` +
            `server drops or rejects${role === 'init' ? ': it is no native sidecar, as it would be with "Always"' : ''}; ` +
            'write one of them, or leave it out',
        );
      }
    }
  },
};
