import { quoteList } from '../values/text';
import { containersOf } from './reading/containers';
import { isSet, quote } from './reading/fields';
import { PodSubject, Rule, minorVersion } from './rule';

/** From this version on, containers may have restart rules of their own (KEP-5307, alpha in 1.34). */
const CONTAINER_RESTART_MINOR = 34;

export const containerRestartPolicy: Rule<PodSubject> = {
  id: 'container-restart-policy',
  level: 'enforced',
  summary: 'Only init containers have a restartPolicy, and only Always (before Kubernetes 1.34).',
  source: 'https://github.com/kubernetes/enhancements/tree/master/keps/sig-node/5307-container-restart-policy',
  check({ template, kubernetesVersion }, report) {
    const later = (minorVersion(kubernetesVersion) ?? 0) >= CONTAINER_RESTART_MINOR;
    const policies = ['Always', 'OnFailure', 'Never'];
    for (const { label, role, fields } of containersOf(template)) {
      const policy = fields.restartPolicy;
      if (!isSet(policy) || role === 'sidecar' || (later && policies.includes(policy as string))) {
        continue;
      }
      report(
        role === 'regular' && policies.includes(policy as string)
          ? `${label} has restartPolicy ${quote(policy)}; may not be set for non-init containers; make it an init ` +
              'container, or target Kubernetes 1.34 or later'
          : `${label} has restartPolicy ${quote(policy)}; unsupported value: supported values: ` +
              `${quoteList(later ? policies : ['Always'])}; write one of them, or leave it out`,
      );
    }
  },
};
