import { containersOf } from './reading/containers';
import { fieldsOf } from './reading/fields';
import { securityOf } from './reading/security';
import { PodSubject, Rule } from './rule';

export const privilegeEscalation: Rule<PodSubject> = {
  id: 'privilege-escalation',
  level: 'enforced',
  fields: ['securityContext'],
  summary: 'A privileged container does not say allowPrivilegeEscalation: false.',
  source: 'https://kubernetes.io/docs/tasks/configure-pod-container/security-context/',
  check({ template }, report) {
    for (const container of containersOf(template)) {
      const { allowPrivilegeEscalation, privileged, capabilities } = securityOf(container.fields);
      const { add } = fieldsOf(capabilities);
      if (allowPrivilegeEscalation !== false) {
        continue;
      }
      if (privileged === true) {
        report(
          `${container.label} cannot set \`allowPrivilegeEscalation\` to false and \`privileged\` to true; remove ` +
            'one of them',
        );
      }
      if (Array.isArray(add) && add.includes('CAP_SYS_ADMIN')) {
        report(
          `${container.label} cannot set \`allowPrivilegeEscalation\` to false and \`capabilities.Add\` ` +
            'CAP_SYS_ADMIN; remove one of them',
        );
      }
    }
  },
};
