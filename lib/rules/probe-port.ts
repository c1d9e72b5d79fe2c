import { runningOf } from './reading/containers';
import { isSet, quote } from './reading/fields';
import { PROBE_FIELDS, handlersOf, portsAskedBy } from './reading/handlers';
import { portProblem } from './reading/syntax';
import { PodSubject, Rule, isCustom } from './rule';

export const probePort: Rule<PodSubject> = {
  id: 'probe-port',
  level: 'enforced',
  fields: [...PROBE_FIELDS, 'lifecycle'],
  summary: 'The port of a probe or hook is a number from 1 to 65535 or the name of a port; "8080" is neither.',
  source: 'https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/',
  check(subject, report) {
    for (const container of runningOf(subject.template)) {
      for (const handler of handlersOf(container)) {
        for (const port of portsAskedBy(handler)) {
          const problem = portProblem(port);
          if (isSet(port) && problem !== undefined) {
            report(`${container.label} has a ${handler.name} on port ${quote(port)}; ${problem}`);
          } else if (!isSet(port) && !isCustom(subject)) {
            report(`${container.label} has a ${handler.name} without a port; required value: say which to ask`);
          }
        }
      }
    }
  },
};
