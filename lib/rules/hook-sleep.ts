import { gracePeriodOf } from '../values/pod';
import { specOf } from './reading/containers';
import { fieldsOf } from './reading/fields';
import { runningHooksOf } from './reading/handlers';
import { PodSubject, Rule } from './rule';

export const hookSleep: Rule<PodSubject> = {
  id: 'hook-sleep',
  level: 'enforced',
  fields: ['lifecycle'],
  summary: "The sleep of a lifecycle hook is not negative and not longer than the pod's grace period.",
  source: 'https://github.com/kubernetes/enhancements/tree/master/keps/sig-node/3960-pod-lifecycle-sleep-action',
  check({ kind, template }, report) {
    // Only in a Pod itself, the API server makes a negative grace period 1 s before it compares.
    const { terminationGracePeriodSeconds: given } = specOf(template);
    const grace = kind !== 'Pod' && typeof given === 'number' ? given : gracePeriodOf(specOf(template));
    for (const { container, name, fields } of runningHooksOf(template)) {
      const { seconds } = fieldsOf(fields.sleep);
      if (typeof seconds === 'number' && (seconds < 0 || seconds > grace)) {
        report(
          `${container.label} sleeps ${seconds} seconds in its ${name} hook; must be non-negative and less than ` +
            `terminationGracePeriodSeconds (${grace}); sleep less, or raise that`,
        );
      }
    }
  },
};
