import { isSet } from './reading/fields';
import { nonRootContainersOf } from './reading/security';
import { PodSubject, Rule } from './rule';

export const numericUser: Rule<PodSubject> = {
  id: 'numeric-user',
  level: 'opt-in',
  summary: 'Where runAsNonRoot is true, runAsUser is a number, whatever user the image has.',
  source:
    'https://kubernetes.io/docs/tasks/configure-pod-container/security-context/#set-the-security-context-for-a-pod',
  check({ template }, report) {
    for (const { container, user } of nonRootContainersOf(template)) {
      if (!isSet(user)) {
        report(
          `${container.label} has runAsNonRoot: true and no runAsUser, so it starts only if its image has a ` +
            'numeric user; set runAsUser',
        );
      }
    }
  },
};
