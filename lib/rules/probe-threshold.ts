import { runningOf } from './reading/containers';
import { quote } from './reading/fields';
import { PROBE_FIELDS, probesOf } from './reading/handlers';
import { PodSubject, Rule } from './rule';

export const probeThreshold: Rule<PodSubject> = {
  id: 'probe-threshold',
  level: 'enforced',
  fields: PROBE_FIELDS,
  summary: 'The successThreshold of a startup or liveness probe is 1.',
  source: 'https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/',
  check({ template }, report) {
    for (const { container, name, fields } of runningOf(template).flatMap(probesOf)) {
      const { successThreshold } = fields;
      // 0 is how Kubernetes writes that there is none, and makes it 1.
      if (name !== 'readinessProbe' && typeof successThreshold === 'number' && ![0, 1].includes(successThreshold)) {
        report(
          `${container.label} has a ${name} with successThreshold ${quote(successThreshold)}; must be 1; leave it out, as 1 is the default`,
        );
      }
    }
  },
};
