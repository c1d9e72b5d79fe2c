import { endOf, isBeingDeleted, Pod, remove, statusesOf } from './api';
import { Namespace } from './namespace';

/**
 * A finalizer that keeps a pod's object after its containers have ended, so that one can read how they did.
 *
 * `Namespace.remove` takes it off.
 */
export const KEPT = 'pod-patterns.example/kept';

/** A pod that was deleted and whose containers have all ended. */
export interface Ended {
  readonly pod: Pod;
  /** When it was deleted, in milliseconds; the API counts in whole seconds. */
  readonly deleted: number;
}

/** Deletes a pod that has the finalizer, and waits until all its containers have ended. */
export async function ended(namespace: Namespace, name: string): Promise<Ended> {
  const { metadata } = await remove<Pod>(`/api/v1/namespaces/${namespace.name}/pods/${name}`);
  const deadline = Date.parse(metadata.deletionTimestamp ?? '');
  const deleted = deadline - (metadata.deletionGracePeriodSeconds ?? 0) * 1000;
  return { pod: await namespace.pod(name, 'has ended', hasEnded), deleted };
}

/** How many seconds passed between the deletion and the end of a container. */
export function secondsToEnd({ pod, deleted }: Ended, container: string): number {
  return (Date.parse(endOf(pod, container)?.finishedAt ?? '') - deleted) / 1000;
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
