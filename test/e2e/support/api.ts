import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { inFolder } from './run';

interface Answer {
  readonly status: number;
  readonly body: string;
}

/** How often a request is sent that gets no answer, or one that says that the server has no time. */
const ATTEMPTS = 5;

/**
 * Asks the API server, through the `kubectl proxy` that `setup.ts` started: looking twice a second at a dozen pods is
 * nothing to it, while as many kubectl processes would keep the machine busy.
 *
 * On a busy machine a request may get no answer, or only that it was one too many: it is sent again.
 */
async function ask(method: string, path: string, content?: object): Promise<Answer & { readonly attempts: number }> {
  for (let attempts = 1; ; attempts += 1) {
    try {
      const answer = await askOnce(method, path, content);
      if (!(answer.status === 429 || answer.status >= 500) || attempts === ATTEMPTS) {
        return { ...answer, attempts };
      }
    } catch (error) {
      if (attempts === ATTEMPTS) {
        throw error;
      }
    }
    await sleep(attempts * 300);
  }
}

function askOnce(method: string, path: string, content?: object): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const text = content === undefined ? '' : JSON.stringify(content);
    // Without a length, Node.js sends the content of a DELETE so that it is taken for the next request.
    const headers = {
      'content-type': method === 'PATCH' ? 'application/merge-patch+json' : 'application/json',
      'content-length': Buffer.byteLength(text),
    };
    const options = { socketPath: inFolder('proxy.sock'), method, path, headers, timeout: 60_000 };
    const call = request(options, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (part: string) => (body += part));
      response.on('error', reject);
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, body });
      });
    });
    call.on('timeout', () => call.destroy(new Error(`${method} ${path} was not answered within 60 s`)));
    call.on('error', reject);
    call.end(text);
  });
}

/** Reads an object; undefined if there is none. */
export async function read<T>(path: string): Promise<T | undefined> {
  const { status, body } = await ask('GET', path);
  if (status !== 200 && status !== 404) {
    throw new Error(`GET ${path} was answered with ${status}: ${body}`);
  }
  return status === 200 ? (JSON.parse(body) as T) : undefined;
}

/**
 * Deletes an object, or all of a list, and gives it back as it was then: later its deadline may be another one. Undefined if an
 * earlier request, whose answer did not come, has deleted it.
 */
export function remove<T>(path: string, options?: object): Promise<T | undefined> {
  return change('DELETE', path, options, 404);
}

/** Makes an object, of a kind that has none of the name yet. */
export async function create(path: string, content: object): Promise<void> {
  await change('POST', path, content, 409);
}

export async function patch(path: string, content: object): Promise<void> {
  await change('PATCH', path, content);
}

/**
 * @param done what the server says where an earlier request, whose answer did not come, has done it
 * @returns what it was changed to; undefined where an earlier request has done it
 */
async function change<T>(method: string, path: string, content?: object, done?: number): Promise<T | undefined> {
  const { status, body, attempts } = await ask(method, path, content);
  if (attempts > 1 && status === done) {
    return undefined;
  }
  if (status < 200 || status > 202) {
    throw new Error(`${method} ${path} was answered with ${status}: ${body}`);
  }
  return JSON.parse(body) as T;
}

/** What the API server says against making an object, which it does not do; the empty string where it would. */
export async function refusal(path: string, content: object): Promise<string> {
  const { status, body } = await ask('POST', `${path}?dryRun=All&fieldValidation=Strict`, content);
  return status === 201 ? '' : (JSON.parse(body) as { readonly message: string }).message;
}

/** What the suite looks at in objects. */
export interface Meta {
  readonly name: string;
  readonly uid: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly finalizers?: readonly string[];
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
  readonly spec: {
    readonly containers: readonly { readonly name: string }[];
    readonly volumes?: readonly { readonly name: string }[];
  };
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
  readonly firstTimestamp?: string;
  readonly involvedObject: { readonly kind: string; readonly name: string };
}

export function isReady(pod: Pod): boolean {
  return (pod.status.conditions ?? []).some(({ type, status }) => type === 'Ready' && status === 'True');
}

export function isBeingDeleted({ metadata }: Pod): boolean {
  return metadata.deletionTimestamp !== undefined;
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
