import { IConstruct } from 'constructs';
import { ContainerListener, Contribution } from '../contributions/contribution';
import { Container, EnvVar, Volume, VolumeMount } from '../values/pod';

/** What a pattern contributes, with its fragments in wire format. */
export interface Thread {
  readonly pattern: IConstruct;
  readonly contribution: Contribution;
  readonly container: Container;
  /** Why the author's JSON patches cannot be applied to the container. */
  readonly patchProblems: readonly string[];
  readonly volumes: readonly Volume[];
  readonly volumeMounts: readonly VolumeMount[];
  readonly mainVolumeMounts: readonly VolumeMount[];
  readonly mainEnv: readonly EnvVar[];
  readonly mainListeners: readonly ContainerListener[];
}

/** Whether a construct is still where it was made, and was not removed from the construct tree. */
export function isInTree(construct: IConstruct): boolean {
  const { scope, id } = construct.node;
  return scope === undefined || (scope.node.tryFindChild(id) === construct && isInTree(scope));
}
