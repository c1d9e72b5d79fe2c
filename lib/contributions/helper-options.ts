import { Duration } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import { ConfigFilesMount } from './config-files';
import { InitOrder } from './init-order';
import { RestrictedOptions } from './restricted-options';

/** How a helper runs in its pod. */
export enum HelperKind {
  /** A container beside the main container: all start together, in no order, and a Job waits for each to end. */
  REGULAR = 'Regular',

  /**
   * An init container that keeps running (`restartPolicy: Always`): it starts before the main containers, stops
   * after them, and does not keep a Job from completing.
   *
   * Its preStop hook runs when the pod's termination begins, at the same time as those of the main containers, not
   * when the main containers have ended; SIGTERM comes after they have.
   *
   * @see https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/
   */
  NATIVE_SIDECAR = 'NativeSidecar',
}

/** What all helpers have in common, whatever their container is. */
export interface HelperOptions {
  /**
   * The name of the main container, the one that is helped.
   *
   * @default - the workload's first regular container
   */
  readonly main?: string;

  /**
   * How the helper runs.
   *
   * @default - a native sidecar if the container says `restartPolicy: Always`, or the target version of Kubernetes is 1.29
   * or later (see `KubernetesVersion`); otherwise a regular container
   */
  readonly kind?: HelperKind;

  /**
   * Where a native sidecar stands among the init containers.
   *
   * @default - behind the workload's own init containers and the helpers attached earlier; an ambassador before its
   * `main` where that is an init container, and behind each `WaitFor` for what it forwards to
   */
  readonly order?: InitOrder[];

  /**
   * Whether the containers behind a native sidecar wait until it has started, which Kubernetes tells by its
   * startupProbe. Where it has none, its readinessProbe is used as one too.
   *
   * A probe that needs the main container to answer would wait for ever.
   *
   * @default - true for an ambassador that has one of these probes, otherwise false
   */
  readonly waitForStart?: boolean;

  /**
   * How long the helper's process takes to stop, at most, when it is asked to. The pod's grace period must be longer,
   * or the kubelet kills what is still running.
   *
   * @default - that of a ready-made helper whose settings say when its engine ends; otherwise not known, and not checked
   */
  readonly shutdownDeadline?: Duration;

  /**
   * TCP ports on which the helper's process listens without its container declaring them. No other container of the
   * pod can have one of them, as all share one network namespace.
   *
   * @default - none besides those that its container declares and its pattern knows of
   */
  readonly listensOn?: number[];

  /**
   * Volumes that the helper's own mounts name, besides those of its pattern.
   *
   * @default - none
   */
  readonly volumes?: k8s.Volume[];

  /**
   * Annotations of the pod, for those who look at pods because of the helper. One that the pod has with another value is
   * an error at synthesis.
   *
   * @default - none
   */
  readonly podAnnotations?: { [name: string]: string };

  /**
   * Makes the helper's container satisfy Pod Security "restricted": fills in its security context and mounts an
   * emptyDir where its image writes. What the container says itself stays, and is an error where "restricted" forbids
   * it.
   *
   * @default - the container is left as it was given
   */
  readonly restricted?: RestrictedOptions;
}

/** What every helper is made of. */
export interface HelperProps extends HelperOptions {
  /**
   * The helper's container, exactly as it shall appear; the pattern adds its wiring and nothing else. Fields newer than
   * these types go through `addJsonPatch` of the helper.
   */
  readonly container: k8s.Container;

  /**
   * Whether the container's image comes from the registry that `ImageRegistry` has for the helper, where one is set.
   *
   * @default - false: the image stays as it is; ready-made helpers take their own images from there
   */
  readonly imageFromRegistry?: boolean;

  /**
   * Its configuration files, each with the folder in which its container finds them.
   *
   * @default - none
   */
  readonly files?: ConfigFilesMount[];
}
