import { API_VERSIONS } from '../../values/api-types';
import { ObjectSubject, PodSubject, minorVersion } from '../rule';
import { fieldsOf, textOf } from './fields';

interface Removal {
  /** The first minor version of Kubernetes without it. */
  readonly since: number;
}

/** An object, and the version of Kubernetes that it is for, where that is known. */
type VersionedSubject = ObjectSubject & Partial<Pick<PodSubject, 'kubernetesVersion'>>;

/** The apiVersions that once had pod templates. */
const REMOVED: Readonly<Record<string, Removal>> = {
  'extensions/v1beta1': { since: 16 },
  'apps/v1beta1': { since: 16 },
  'apps/v1beta2': { since: 16 },
  'batch/v1beta1': { since: 25 },
  'batch/v2alpha1': { since: 21 },
};

/** The apiVersion in which clusters have a kind, where it is one of a workload, a Service or a ConfigMap. */
export function servedVersionOf(kind: string): string | undefined {
  return Object.hasOwn(API_VERSIONS, kind) ? API_VERSIONS[kind] : undefined;
}

/** Whether clusters have a kind in an apiVersion, or once had its like. */
export function wasEverServed(apiVersion: string, kind: string): boolean {
  return Object.hasOwn(REMOVED, apiVersion) || servedVersionOf(kind) === apiVersion;
}

/** Since when the clusters that a workload is for do not serve its apiVersion; undefined where they do. */
export function removalOf({ manifest, kubernetesVersion }: VersionedSubject): Removal | undefined {
  const apiVersion = textOf(fieldsOf(manifest).apiVersion);
  const removal = Object.hasOwn(REMOVED, apiVersion) ? REMOVED[apiVersion] : undefined;
  return removal && (minorVersion(kubernetesVersion) ?? Infinity) >= removal.since ? removal : undefined;
}
