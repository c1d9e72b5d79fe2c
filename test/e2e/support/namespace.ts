import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { project } from '../../support/project';
import {
  create,
  Event,
  isBeingDeleted,
  isReady,
  List,
  Meta,
  patch,
  Pod,
  read,
  remove,
  statusesOf,
  summaryOf,
} from './api';
import { eventually, Hopeless, PATIENCE } from './eventually';
import { Outcome, outputOf, runProgram } from './program';
import { inFolder } from './run';

/** The label of all namespaces of the suite, whose value is the run. */
export const RUN_LABEL = 'pod-patterns-e2e';

/** The node was asked to pull an image, and there is none. */
export class MissingImage extends Hopeless {
  public constructor(public readonly image: string) {
    super(`the cluster has no image ${image}`);
  }
}

/** The namespace of one test, and kubectl in it as a user has it: no command says which namespace it is for. */
export class Namespace {
  private readonly kubeconfig: string;

  public constructor(public readonly name: string) {
    this.kubeconfig = inFolder(`${name}.kubeconfig`);
    const config = JSON.parse(readFileSync(inFolder('kubeconfig'), 'utf8')) as {
      contexts: { context: Record<string, string> }[];
    };
    config.contexts[0].context.namespace = name;
    writeFileSync(this.kubeconfig, JSON.stringify(config), { mode: 0o600 });
  }

  /** Makes it, with what no pod can be made or started without: its service account, and the authorities in its token. */
  public async make(labels: Readonly<Record<string, string>> = {}): Promise<void> {
    const all = { ...labels, [RUN_LABEL]: process.env.E2E_RUN ?? '' };
    await create('/api/v1/namespaces', { metadata: { name: this.name, labels: all } });
    for (const made of ['serviceaccounts/default', 'configmaps/kube-root-ca.crt']) {
      await eventually(
        `namespace ${this.name} has its ${made}`,
        async () => (await this.find<object>(made)) ?? 'there is none',
      );
    }
  }

  /** Runs kubectl; an exit code other than 0 is an error. */
  public async kubectl(...args: string[]): Promise<string> {
    return outputOf(['kubectl', ...args], await this.tryKubectl(args));
  }

  /** Runs kubectl, whatever its exit code; once more where a busy server or kubelet did not get to it. */
  public async tryKubectl(args: readonly string[], input?: string): Promise<Outcome> {
    for (let attempts = 1; ; attempts += 1) {
      const outcome = await runProgram('kubectl', args, { env: this.env, input });
      if (outcome.code === 0 || !NOT_DONE.test(outcome.stderr) || attempts === 5) {
        return outcome;
      }
      await sleep(attempts * 300);
    }
  }

  /** Runs a script of bash in the folder of the manifests, as a learner's terminal does. */
  public bash(script: string): Promise<Outcome> {
    return runProgram('bash', ['-c', script], { cwd: join(project, 'dist'), env: this.env });
  }

  /** Applies manifests: the text of a file. */
  public async apply(manifests: string): Promise<void> {
    const args = ['apply', '--validate=strict', '-f', '-'];
    outputOf(['kubectl', ...args], await this.tryKubectl(args, manifests));
  }

  /** Reads an object, such as `services/web` or `apps/v1/deployments/web`; undefined if there is none. */
  public find<T>(path: string): Promise<T | undefined> {
    const parts = path.replace(/\?.*/, '').split('/');
    const core = parts.length <= 2 || parts[2] === 'log';
    const [group, resource] = core
      ? ['api/v1', path]
      : [`apis/${parts[0]}/${parts[1]}`, path.split('/').slice(2).join('/')];
    return read(`/${group}/namespaces/${this.name}/${resource}`);
  }

  public async pods(selector = ''): Promise<readonly Pod[]> {
    const list = await this.find<List<Pod>>(`pods?labelSelector=${encodeURIComponent(selector)}`);
    return list?.items ?? [];
  }

  /**
   * Waits for a pod.
   *
   * @param which a label selector, or the pod's name
   * @param what says what is waited for, for the error
   * @throws MissingImage when a container's image is not to be had
   */
  public pod(which: string, what: string, condition: (pod: Pod) => boolean, seconds = PATIENCE): Promise<Pod> {
    return eventually(
      `a pod ${which} ${what}`,
      async () => {
        const pods = await this.pods(which.includes('=') ? which : '');
        const candidates = which.includes('=') ? pods : pods.filter(({ metadata }) => metadata.name === which);
        candidates.forEach(assertImages);
        return candidates.find(condition) ?? (candidates.map(summaryOf).join('\n') || 'no pod');
      },
      seconds,
    );
  }

  /** Waits until a pod is ready. */
  public ready(which: string, seconds = PATIENCE): Promise<Pod> {
    return this.pod(which, 'is ready', (pod) => isReady(pod) && !isBeingDeleted(pod), seconds);
  }

  /** Waits until no pod is left that the selector matches. */
  public async gone(selector: string, seconds = PATIENCE): Promise<void> {
    await eventually(
      `no pod ${selector} is left`,
      async () => {
        const pods = await this.pods(selector);
        return pods.length === 0 || pods.map(summaryOf).join('\n');
      },
      seconds,
    );
  }

  /** Waits until a Job has completed; one that has failed never will. */
  public async completed(job: string): Promise<void> {
    await eventually(`the Job ${job} has completed`, async () => {
      const found = await this.find<{ readonly status: Pod['status'] }>(`batch/v1/jobs/${job}`);
      const is = (wanted: string): boolean =>
        (found?.status.conditions ?? []).some(({ type, status }) => type === wanted && status === 'True');
      if (is('Failed')) {
        throw new Hopeless(`the Job ${job} has failed`);
      }
      const pods = await this.pods(`job-name=${job}`);
      pods.forEach(assertImages);
      return is('Complete') || pods.map(summaryOf).join('\n') || 'no pod';
    });
  }

  /** Waits until a Deployment has the pods that it is to have, and no older ones that serve. */
  public async rolledOut(deployment: string): Promise<void> {
    await this.kubectl('rollout', 'status', `deployment/${deployment}`, `--timeout=${PATIENCE}s`);
  }

  public exec(pod: Pod | string, container: string, ...command: string[]): Promise<Outcome> {
    const name = typeof pod === 'string' ? pod : pod.metadata.name;
    return this.tryKubectl(['exec', name, '-c', container, '--', ...command]);
  }

  public async logs(pod: Pod | string, container: string, ...options: string[]): Promise<string> {
    const name = typeof pod === 'string' ? pod : pod.metadata.name;
    return (await this.tryKubectl(['logs', name, '-c', container, ...options])).stdout;
  }

  /** Waits until a container's log has lines that match, and gives the log back. */
  public async logged(pod: Pod | string, container: string, line: RegExp, seconds = PATIENCE): Promise<string> {
    const { text } = await eventually(
      `the log of ${container} has ${String(line)}`,
      async () => {
        const text = await this.logs(pod, container);
        return line.test(text) ? { text } : text.slice(-2000) || 'an empty log';
      },
      seconds,
    );
    return text;
  }

  public async events(name?: string): Promise<readonly Event[]> {
    const { items } = (await this.find<List<Event>>('events')) ?? { items: [] };
    return items.filter(({ involvedObject }) => name === undefined || involvedObject.name === name);
  }

  /** All that helps to see why a test failed: pods, events, logs. */
  public async report(): Promise<string> {
    const section = async (...args: string[]): Promise<string> => {
      const { stdout, stderr } = await this.tryKubectl(args).catch((error: unknown) => ({
        stdout: '',
        stderr: String(error),
      }));
      return `$ kubectl ${args.join(' ')}\n${stdout}${stderr}`;
    };
    const pods = await this.pods().catch(() => []);
    const containers = pods.flatMap((pod) => statusesOf(pod).map(({ name }) => [pod.metadata.name, name] as const));
    return [
      `Namespace ${this.name}, as it was then:`,
      await section('get', 'pods', '-o', 'wide'),
      ...(await Promise.all(pods.map((pod) => section('get', 'pod', pod.metadata.name, '-o', 'jsonpath={.status}')))),
      await section('get', 'events', '--sort-by=.lastTimestamp'),
      ...(await Promise.all(containers.flatMap(([pod, name]) => [section('logs', pod, '-c', name, '--tail=40')]))),
    ].join('\n');
  }

  /** Removes it with all that is in it, without waiting until it is gone; `teardown.ts` does. */
  public async remove(): Promise<void> {
    await eventually(`namespace ${this.name} is being removed`, () => beginRemoval(this.name));
  }

  private get env(): NodeJS.ProcessEnv {
    return { ...process.env, KUBECONFIG: this.kubeconfig };
  }
}

/** Has a namespace removed, if it is there, with all that is in it. */
export async function beginRemoval(name: string): Promise<true> {
  const path = `/api/v1/namespaces/${name}`;
  const found = await read<{ readonly metadata: Meta }>(path);
  if (found === undefined) {
    return true;
  }
  if (found.metadata.deletionTimestamp === undefined) {
    await remove(path);
  }
  // Nothing makes new pods in it now. Nobody reads what these would say at the end of their grace periods.
  await remove(`${path}/pods`, { gracePeriodSeconds: 1 });
  // Only pods of this suite have finalizers: those that are kept to be looked at after their end.
  const { items } = (await read<List<Pod>>(`${path}/pods`)) ?? { items: [] };
  const kept = items.filter(({ metadata: { finalizers = [] } }) => finalizers.length > 0);
  const free = { metadata: { finalizers: null } };
  await Promise.all(kept.map((pod) => patch(`${path}/pods/${pod.metadata.name}`, free)));
  return true;
}

/**
 * What kubectl says where a server or kubelet was too busy, or not there yet. Most such requests were not begun with; one that
 * timed out may have been done, and is then done twice.
 */
const NOT_DONE =
  /^Unable to connect to the server|^Error from server \((ServiceUnavailable|TooManyRequests|Timeout|ServerTimeout)\)|^Error from server: (etcdserver:|error dialing backend)|^error: .*error dialing backend/m;

const NOT_THERE = /not found|does not exist|denied|no such host/;

function assertImages(pod: Pod): void {
  for (const { image, state } of statusesOf(pod)) {
    const { reason = '', message = '' } = state.waiting ?? {};
    if (/^(ErrImagePull|ImagePullBackOff)$/.test(reason) && NOT_THERE.test(message)) {
      throw new MissingImage(image);
    }
  }
}
