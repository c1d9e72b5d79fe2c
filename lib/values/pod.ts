/**
 * A pod template as it goes over the wire: the part of the Kubernetes API that weaving and checking look at.
 *
 * Whatever else a manifest holds passes through untouched, hence the index signatures. Manifests come from YAML
 * files and JSON patches too, so nothing here is more than a claim: code that reads it must bear any value.
 */
export interface PodTemplate {
  metadata?: { labels?: Record<string, string>; annotations?: Record<string, string>; [field: string]: unknown };
  spec?: PodSpec;
  [field: string]: unknown;
}

export interface PodSpec {
  containers?: Container[];
  initContainers?: Container[];
  volumes?: Volume[];
  restartPolicy?: string;
  hostNetwork?: boolean;
  terminationGracePeriodSeconds?: number;
  [field: string]: unknown;
}

export interface Container {
  name?: string;
  image?: string;
  command?: string[];
  args?: string[];
  ports?: ContainerPort[];
  env?: EnvVar[];
  volumeMounts?: VolumeMount[];
  startupProbe?: Probe;
  livenessProbe?: Probe;
  readinessProbe?: Probe;
  restartPolicy?: string;
  [field: string]: unknown;
}

interface ContainerPort {
  containerPort?: number;
  hostPort?: number;
  hostIP?: string;
  name?: string;
  protocol?: string;
  [field: string]: unknown;
}

export interface EnvVar {
  name?: string;
  value?: string;
  valueFrom?: unknown;
  [field: string]: unknown;
}

export interface VolumeMount {
  name?: string;
  mountPath?: string;
  readOnly?: boolean;
  subPath?: string;
  subPathExpr?: string;
  [field: string]: unknown;
}

export interface Volume {
  name?: string;
  [field: string]: unknown;
}

export interface Probe {
  successThreshold?: number;
  [field: string]: unknown;
}

/** An object as it goes over the wire, of any kind. */
export interface Manifest {
  apiVersion?: string;
  kind?: string;
  metadata?: { name?: string; namespace?: string; [field: string]: unknown };
  [field: string]: unknown;
}

/** From this minor version on, clusters run native sidecars without a feature gate (KEP-753). */
export const NATIVE_SIDECAR_MINOR = 29;

/** An init container that keeps running beside the main containers (KEP-753). */
export function isNativeSidecar(initContainer: Container): boolean {
  return initContainer.restartPolicy === 'Always';
}

/** How long a pod may take to stop before it is killed: 30 s by default; a negative time counts as 1 s. */
export function gracePeriodOf({
  terminationGracePeriodSeconds: seconds,
}: {
  terminationGracePeriodSeconds?: unknown;
}): number {
  return typeof seconds === 'number' ? (seconds < 0 ? 1 : seconds) : 30;
}
