import { request } from 'node:http';
import { inFolder } from './run';

/**
 * Reads an object of the API server, through the `kubectl proxy` that `setup.ts` started: looking twice a second at a
 * dozen pods is nothing to it, while as many kubectl processes would keep the machine busy.
 *
 * @returns undefined if there is no such object
 */
export function read<T>(path: string): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const call = request({ socketPath: inFolder('proxy.sock'), path, timeout: 20_000 }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => (body += text));
      response.on('error', reject);
      response.on('end', () => {
        const { statusCode } = response;
        if (statusCode === 404) {
          resolve(undefined);
        } else if (statusCode === 200) {
          resolve(JSON.parse(body) as T);
        } else {
          reject(new Error(`GET ${path} was answered with ${statusCode}: ${body}`));
        }
      });
    });
    call.on('timeout', () => call.destroy(new Error(`GET ${path} was not answered within 20 s`)));
    call.on('error', reject);
    call.end();
  });
}

/** What the suite looks at in objects. */
export interface Meta {
  readonly name: string;
  readonly uid: string;
  readonly deletionTimestamp?: string;
  readonly deletionGracePeriodSeconds?: number;
}

export interface ContainerState {
  readonly running?: { readonly startedAt: string };
  readonly waiting?: { readonly reason?: string; readonly message?: string };
  readonly terminated?: {
    readonly exitCode: number;
    readonly reason?: string;
    readonly message?: string;
    readonly startedAt: string;
    readonly finishedAt: string;
  };
}

export interface ContainerStatus {
  readonly name: string;
  readonly image: string;
  readonly ready: boolean;
  readonly started?: boolean;
  readonly restartCount: number;
  readonly state: ContainerState;
  readonly lastState: ContainerState;
}

export interface Pod {
  readonly metadata: Meta;
  readonly spec: { readonly containers: readonly { readonly name: string }[] };
  readonly status: {
    readonly phase: string;
    readonly podIP?: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
    readonly initContainerStatuses?: readonly ContainerStatus[];
    readonly containerStatuses?: readonly ContainerStatus[];
  };
}

export interface List<T> {
  readonly items: readonly T[];
}

export interface Event {
  readonly reason: string;
  readonly message: string;
  readonly involvedObject: { readonly kind: string; readonly name: string };
}

export function isReady(pod: Pod): boolean {
  return (pod.status.conditions ?? []).some(({ type, status }) => type === 'Ready' && status === 'True');
}

export function statusesOf({ status }: Pod): readonly ContainerStatus[] {
  return [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])];
}

/** The status of a container; while the kubelet has not told any, one that waits. */
export function statusOf(pod: Pod, container: string): ContainerStatus {
  return (
    statusesOf(pod).find(({ name }) => name === container) ?? {
      name: container,
      image: '',
      ready: false,
      restartCount: 0,
      state: { waiting: {} },
      lastState: {},
    }
  );
}

/** How the container ended last; undefined if it never did. */
export function endOf(pod: Pod, container: string): ContainerState['terminated'] {
  const { state, lastState } = statusOf(pod, container);
  return state.terminated ?? lastState.terminated;
}

export function restartsOf(pod: Pod): number {
  return statusesOf(pod).reduce((sum, { restartCount }) => sum + restartCount, 0);
}

/** READY and a word for each container, as kubectl shows pods. */
export function summaryOf(pod: Pod): string {
  const containers = statusesOf(pod).map(({ name, ready, restartCount, state }) => {
    const { running, waiting, terminated } = state;
    const shown = running ? 'running' : (waiting?.reason ?? terminated?.reason ?? 'waiting');
    return `${name}: ${shown}${ready ? ', ready' : ''}, ${restartCount} restarts`;
  });
  const leaving = pod.metadata.deletionTimestamp === undefined ? '' : ', being deleted';
  return `${pod.metadata.name} ${pod.status.phase}${leaving} (${containers.join('; ')})`;
}
