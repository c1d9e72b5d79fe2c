import { containersOf } from './reading/containers';
import { isSet, quote } from './reading/fields';
import { PodSubject, Rule, minorVersion } from './rule';

/** From this version on, containers may have restart rules of their own (KEP-5307, alpha in 1.34). */
const CONTAINER_RESTART_MINOR = 34;

export const containerRestartPolicy: Rule<PodSubject> = {
  id: 'container-restart-policy',
  level: 'enforced',
  fields: ['restartPolicy'],
  summary:
    'Where the target version is below 1.34, only init containers have a restartPolicy, and only Always. Later ones ' +
    'accept any.',
  source: 'https://github.com/kubernetes/enhancements/tree/master/keps/sig-node/5307-container-restart-policy',
  check({ template, kubernetesVersion }, report) {
    if ((minorVersion(kubernetesVersion) ?? CONTAINER_RESTART_MINOR) >= CONTAINER_RESTART_MINOR) {
      return;
    }
    for (const { label, role, fields } of containersOf(template)) {
      const policy = fields.restartPolicy;
      if (!isSet(policy) || role === 'sidecar') {
        continue;
      }
      report(
        role === 'regular'
          ? `${label} has restartPolicy ${quote(policy)}; may not be set for non-init containers; leave it out, or ` +
              'make it an init container'
          : `${label} has restartPolicy ${quote(policy)}; unsupported value: supported values: "Always"; write that, ` +
              'or leave it out',
      );
    }
  },
};
