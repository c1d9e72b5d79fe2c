import { PodTemplate } from '../../values/pod';
import { Container, containersOf, specOf } from './containers';
import { Fields, fieldsOf, textOf } from './fields';

export const SECCOMP_TYPES = ['RuntimeDefault', 'Localhost'];

export function securityOf(fields: Fields): Fields {
  return fieldsOf(fields.securityContext);
}

/** The containers that must not run as root, and the user they are given: their own or the pod's. */
export function nonRootContainersOf(template: PodTemplate): { container: Container; user: unknown }[] {
  const pod = securityOf(specOf(template));
  if (isWindows(template)) {
    return [];
  }
  return containersOf(template)
    .filter(({ fields }) => (securityOf(fields).runAsNonRoot ?? pod.runAsNonRoot) === true)
    .map((container) => ({ container, user: securityOf(container.fields).runAsUser ?? pod.runAsUser }));
}

export function isWindows(template: PodTemplate): boolean {
  return fieldsOf(specOf(template).os).name === 'windows';
}

/** Whether a security context has a seccomp profile that "restricted" accepts. */
export function hasSeccomp(security: Fields): boolean {
  return SECCOMP_TYPES.includes(textOf(fieldsOf(security.seccompProfile).type));
}
