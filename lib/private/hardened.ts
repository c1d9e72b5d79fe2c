import { k8s } from 'cdk8s-plus-28';

/** The security context of the ready-made helpers: Pod Security "restricted", and a read-only root file system. */
export function hardened(user: number): k8s.SecurityContext {
  return {
    allowPrivilegeEscalation: false,
    capabilities: { drop: ['ALL'] },
    readOnlyRootFilesystem: true,
    runAsNonRoot: true,
    runAsUser: user,
    seccompProfile: { type: 'RuntimeDefault' },
  };
}
