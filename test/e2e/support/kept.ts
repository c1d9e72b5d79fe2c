import { isBeingDeleted, Pod, statusesOf } from './api';
import { Namespace } from './namespace';

/**
 * A finalizer that keeps a pod's object after its containers have ended, so that one can read how they did.
 *
 * `Namespace.remove` takes it off.
 */
export const KEPT = 'pod-patterns.example/kept';

/** Deletes a pod that has the finalizer, and waits until all its containers have ended. */
export async function ended(namespace: Namespace, name: string): Promise<Pod> {
  await namespace.kubectl('delete', 'pod', name, '--wait=false');
  return namespace.pod(name, 'has ended', hasEnded);
}

export function hasEnded(pod: Pod): boolean {
  const statuses = statusesOf(pod);
  // A container that was never started has not ended, and never will.
  return (
    isBeingDeleted(pod) &&
    /Succeeded|Failed/.test(pod.status.phase) &&
    statuses.every(({ state }) => state.running === undefined)
  );
}

/** How many seconds passed between the deletion and the end of a container; the API counts in whole ones. */
export function secondsToEnd({ metadata }: Pod, finishedAt: string | undefined): number {
  const deadline = Date.parse(metadata.deletionTimestamp ?? '');
  const deleted = deadline - (metadata.deletionGracePeriodSeconds ?? 0) * 1000;
  return (Date.parse(finishedAt ?? '') - deleted) / 1000;
}
