import { IConstruct } from 'constructs';

// On the helper under a global key: it may be one of another copy of this library.
const JOINS_POD = Symbol.for('cdk8s-pod-patterns.joinsPod');

/** Makes a construct one that joins a pod, which is its scope's. */
export function markJoinsPod(construct: IConstruct): void {
  Object.defineProperty(construct, JOINS_POD, { value: true });
}

/** @throws where a construct joins a pod and cannot be told what holds for that as a whole; `why`, and what to do */
export function assertHasWholePod(construct: IConstruct, why: string): void {
  if (JOINS_POD in construct) {
    const { path, scope } = construct.node;
    throw new Error(`${path}: ${why} of the workload that it joins, ${scope?.node.path}`);
  }
}
