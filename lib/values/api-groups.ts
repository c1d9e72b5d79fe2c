/** The groups of Kubernetes itself, today's and former ones; all others are those of custom resources. */
const BUILT_IN: ReadonlySet<string> = new Set([
  // The core group has no name; cdk8s calls it so.
  '',
  'core',
  'apps',
  'autoscaling',
  'batch',
  'extensions',
  'policy',
  // Of groups that end with .k8s.io Kubernetes has only these: others, such as sparkoperator.k8s.io, are custom ones.
  'admission.k8s.io',
  'admissionregistration.k8s.io',
  'apiextensions.k8s.io',
  'apiregistration.k8s.io',
  'auditregistration.k8s.io',
  'authentication.k8s.io',
  'authorization.k8s.io',
  'certificates.k8s.io',
  'coordination.k8s.io',
  'discovery.k8s.io',
  'events.k8s.io',
  'flowcontrol.apiserver.k8s.io',
  'imagepolicy.k8s.io',
  'internal.apiserver.k8s.io',
  'networking.k8s.io',
  'node.k8s.io',
  'rbac.authorization.k8s.io',
  'resource.k8s.io',
  'scheduling.k8s.io',
  'settings.k8s.io',
  'storage.k8s.io',
  'storagemigration.k8s.io',
]);

/** Whether a group is one of Kubernetes itself, whose API server validates its kinds. */
export function isBuiltInGroup(group: string): boolean {
  return BUILT_IN.has(group);
}

/** The group in an apiVersion: `apps` of `apps/v1`, the empty string of `v1`. */
export function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf('/');
  return slash === -1 ? '' : apiVersion.slice(0, slash);
}
