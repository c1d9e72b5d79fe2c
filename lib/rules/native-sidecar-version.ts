import { NATIVE_SIDECAR_MINOR } from '../values/pod';
import { containersOf } from './reading/containers';
import { PodSubject, Rule, isCustom, minorVersion } from './rule';

export const nativeSidecarVersion: Rule<PodSubject> = {
  id: 'native-sidecar-version',
  level: 'default',
  fields: ['restartPolicy'],
  summary: 'Native sidecars are for Kubernetes 1.29 and later: older clusters wait for them to end, for ever.',
  source: 'https://github.com/kubernetes/enhancements/tree/master/keps/sig-node/753-sidecar-containers',
  check(subject, report) {
    const { kind, template, kubernetesVersion } = subject;
    if ((minorVersion(kubernetesVersion) ?? NATIVE_SIDECAR_MINOR) >= NATIVE_SIDECAR_MINOR) {
      return;
    }
    // A Job would wait for a regular container that does not end.
    const remedy = isJob(kind) && !isCustom(subject) ? 'target 1.29' : 'make it a regular container, or target 1.29';
    for (const { label, role } of containersOf(template)) {
      if (role === 'sidecar') {
        report(
          `${label} is a native sidecar, but Kubernetes ${kubernetesVersion ?? ''} has none unless the feature gate ` +
            `SidecarContainers is on; ${remedy} or later`,
        );
      }
    }
  },
};

function isJob(kind: string): boolean {
  return kind === 'Job' || kind === 'CronJob';
}
