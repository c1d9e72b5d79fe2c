import { ApiObject } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import { HelperProps } from './helper-options';

/** What stands before the name of a volume in the annotation that has the checksum of its files. */
export const CHECKSUM = 'checksum/';

/** What a pattern adds to its workload's pod template: plain data, L1-typed. */
export interface Contribution {
  /** The helper, as its author describes it. */
  readonly helper: HelperProps;
  /** An init container that ends before the main containers start, rather than a helper that keeps running. */
  readonly endsBeforeMain?: boolean;
  /**
   * Whether the containers behind it wait for its start if it has a probe, and an init container that it helps stands
   * behind it, if their authors do not say otherwise.
   */
  readonly gatesStart?: boolean;
  /** The pod's volumes for the mounts below, besides those that the author names. */
  readonly volumes?: readonly k8s.Volume[];
  /** The helper's mounts, besides those its container has already. */
  readonly volumeMounts?: readonly k8s.VolumeMount[];
  readonly mainVolumeMounts?: readonly k8s.VolumeMount[];
  readonly mainEnv?: readonly k8s.EnvVar[];
  /** TCP ports that the helper's container declares, unless it does already. */
  readonly ports?: readonly number[];
  /** Annotations of the pod template, besides those that its author gives. */
  readonly annotations?: Readonly<Record<string, string>>;
  /** Objects that the pod needs. */
  readonly objects?: readonly ApiObject[];
  /** Where the helper takes connections to, as `host:port`. */
  readonly forwardsTo?: readonly string[];
  /** What has to answer before the helper ends, as `host:port`. */
  readonly waitsFor?: string;
  /** What the helper's process listens on, declared or not. */
  readonly listeners?: readonly ContainerListener[];
}

/** A port that a container's process listens on, at all addresses unless it says which. */
export interface ContainerListener {
  readonly port: number;
  readonly protocol: string;
  readonly address?: string;
}
