import { containersOf } from './reading/containers';
import { isSet } from './reading/fields';
import { PROBE_FIELDS } from './reading/handlers';
import { PodSubject, Rule } from './rule';

export const initProbe: Rule<PodSubject> = {
  id: 'init-probe',
  level: 'enforced',
  fields: [...PROBE_FIELDS, 'lifecycle'],
  summary: 'An init container that is no native sidecar has neither probes nor lifecycle hooks.',
  source: 'https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/',
  check({ template }, report) {
    for (const { role, label, fields } of containersOf(template)) {
      const set = ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe'].filter((name) =>
        isSet(fields[name]),
      );
      if (role === 'init' && set.length > 0) {
        report(
          `${label} has ${set.join(' and ')}; may not be set for init containers without ` +
            'restartPolicy=Always; make it a native sidecar, or remove them',
        );
      }
    }
  },
};
