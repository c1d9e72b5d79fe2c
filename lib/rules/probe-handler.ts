import { quoteList } from '../values/text';
import { runningOf } from './reading/containers';
import { PROBE_FIELDS, probesOf, typesOf } from './reading/handlers';
import { PodSubject, Rule } from './rule';

export const probeHandler: Rule<PodSubject> = {
  id: 'probe-handler',
  level: 'enforced',
  fields: PROBE_FIELDS,
  summary: 'A probe has exactly one handler: exec, httpGet, tcpSocket or grpc.',
  source: 'https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/',
  check({ template }, report) {
    for (const probe of runningOf(template).flatMap(probesOf)) {
      const { set, known } = typesOf(probe);
      if (set.length === 0) {
        report(
          `${probe.container.label} has a ${probe.name} without a handler; must specify a handler type; give it one ` +
            `of ${quoteList(known)}`,
        );
      } else if (set.length > 1) {
        report(
          `${probe.container.label} has a ${probe.name} with ${quoteList(set)}; may not specify more than 1 ` +
            'handler type; keep one',
        );
      }
    }
  },
};
