import { PodSubject, minorVersion } from '../rule';
import { fieldsOf, textOf } from './fields';

interface Removal {
  /** The first minor version of Kubernetes without it. */
  readonly since: number;
  readonly successor: string;
}

/** The apiVersions that once had pod templates. */
const REMOVED: Readonly<Record<string, Removal>> = {
  'extensions/v1beta1': { since: 16, successor: 'apps/v1' },
  'apps/v1beta1': { since: 16, successor: 'apps/v1' },
  'apps/v1beta2': { since: 16, successor: 'apps/v1' },
  'batch/v1beta1': { since: 25, successor: 'batch/v1' },
  'batch/v2alpha1': { since: 21, successor: 'batch/v1' },
};

/** Since when the clusters that a workload is for do not serve its apiVersion; undefined where they do. */
export function removalOf({ manifest, kubernetesVersion }: PodSubject): Removal | undefined {
  const apiVersion = textOf(fieldsOf(manifest).apiVersion);
  const removal = Object.hasOwn(REMOVED, apiVersion) ? REMOVED[apiVersion] : undefined;
  return removal && (minorVersion(kubernetesVersion) ?? Infinity) >= removal.since ? removal : undefined;
}
