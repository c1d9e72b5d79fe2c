import { IConstruct } from 'constructs';
import { Contribution } from '../contributions/contribution';
import { Container, EnvVar, Volume, VolumeMount } from '../values/pod';

/** What a pattern contributes, with its fragments in wire format. */
export interface Thread {
  readonly pattern: IConstruct;
  readonly contribution: Contribution;
  readonly container: Container;
  readonly volumes: readonly Volume[];
  readonly volumeMounts: readonly VolumeMount[];
  readonly mainVolumeMounts: readonly VolumeMount[];
  readonly mainEnv: readonly EnvVar[];
}
