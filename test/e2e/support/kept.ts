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
  /** When the kubelet began to stop its containers, in milliseconds; the API counts in whole seconds. */
  readonly told: Readonly<Record<string, number>>;
}

/** Deletes a pod that has the finalizer, and waits until all its containers have ended. */
export async function ended(namespace: Namespace, name: string): Promise<Ended> {
  const removed = await remove<Pod>(`/api/v1/namespaces/${namespace.name}/pods/${name}`);
  if (removed === undefined) {
    throw new Error(`the pod ${name} is gone: it has no finalizer`);
  }
  const { metadata } = removed;
  const deadline = Date.parse(metadata.deletionTimestamp ?? '');
  const deleted = deadline - (metadata.deletionGracePeriodSeconds ?? 0) * 1000;
  const pod = await namespace.pod(name, 'has ended', hasEnded);
  const events = (await namespace.events(name)).filter(({ reason }) => reason === 'Killing');
  const told = statusesOf(pod).map(({ name: container }) => {
    const event = events.find(({ message }) => message === `Stopping container ${container}`);
    return [container, Date.parse(event?.firstTimestamp ?? '') || deleted] as const;
  });
  return { pod, told: Object.fromEntries(told) };
}

/**
 * How many seconds passed until a container had ended, since the kubelet began to stop it: how soon after the deletion
 * that is depends on what else the node has to do.
 */
export function secondsToEnd({ pod, told }: Ended, container: string): number {
  return (Date.parse(endOf(pod, container)?.finishedAt ?? '') - told[container]) / 1000;
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
