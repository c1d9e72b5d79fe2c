import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';

/** The workload's name, where it is one. */
export function workloadName(scope: Construct): string | undefined {
  const { defaultChild } = scope.node;
  return [scope, defaultChild].find((candidate) => ApiObject.isApiObject(candidate))?.name;
}
