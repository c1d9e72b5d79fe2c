import { quoteList } from '../values/text';
import { runningHooksOf, typesOf } from './reading/handlers';
import { PodSubject, Rule } from './rule';

export const hookHandler: Rule<PodSubject> = {
  id: 'hook-handler',
  level: 'enforced',
  fields: ['lifecycle'],
  summary: 'A lifecycle hook has exactly one handler: exec, httpGet, tcpSocket or sleep.',
  source: 'https://kubernetes.io/docs/concepts/containers/container-lifecycle-hooks/',
  check({ template }, report) {
    for (const hook of runningHooksOf(template)) {
      const { set, known } = typesOf(hook);
      if (set.length === 0) {
        report(
          `${hook.container.label} has a ${hook.name} hook without a handler; must specify a handler type; give it ` +
            `one of ${quoteList(known)}`,
        );
      } else if (set.length > 1) {
        report(
          `${hook.container.label} has a ${hook.name} hook with ${quoteList(set)}; may not specify more than 1 ` +
            'handler type; keep one',
        );
      }
    }
  },
};
