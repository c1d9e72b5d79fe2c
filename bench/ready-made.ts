/** Runs the ready-made container of a helper as a process of this machine. */
import { ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Testing } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import { Helper } from '../lib';
import { asNobody, sharedFolder } from '../test/support/nobody';
import { deployment, podSpecOf } from '../test/support/workloads';
import { Manifest } from '../lib/values/pod';

type ConfigMap = Manifest & { readonly data?: Readonly<Record<string, string>> };

interface ImageAndSecrets {
  /** What the image runs where the container does not say. */
  readonly command?: readonly string[];
  /** Files of Secrets, by their paths in a container that mounts them. */
  readonly secrets?: Readonly<Record<string, string>>;
}

export class ReadyMadeProcess {
  /**
   * @param program what the image has
   * @param add adds the helper to a workload
   */
  public static start(
    program: string,
    add: (workload: k8s.KubeDeployment) => Helper,
    { command = [], secrets = {} }: ImageAndSecrets,
  ): ReadyMadeProcess {
    const chart = Testing.chart();
    const helper = add(deployment(chart));
    const [workload, ...objects] = Testing.synth(chart) as [Manifest, ...ConfigMap[]];
    const { containers, volumes = [] } = podSpecOf(workload) as unknown as k8s.PodSpec;
    const container = containers.find(({ name }) => name === helper.containerName);
    if (!container) {
      throw new Error('the helper has no container');
    }

    const folder = sharedFolder('bench-');
    const mounts = container.volumeMounts ?? [];
    const moved = (text: string) =>
      mounts.reduce(
        (all, { mountPath }, index) => all.replaceAll(new RegExp(`${mountPath}(?![\\w-])`, 'g'), `${folder}/${index}`),
        text,
      );
    for (const { name, mountPath } of mounts) {
      const volume = volumes.find((one) => one.name === name);
      const { data = {} } = objects.find(({ metadata }) => metadata?.name === volume?.configMap?.name) ?? {};
      mkdirSync(moved(mountPath));
      if (asNobody.uid !== undefined) {
        chownSync(moved(mountPath), asNobody.uid, asNobody.gid);
      }
      for (const [file, content] of Object.entries(volume?.configMap ? data : {})) {
        writeFileSync(join(moved(mountPath), file), moved(content));
      }
    }
    for (const [path, content] of Object.entries(secrets).filter(([path]) => moved(path) !== path)) {
      writeFileSync(moved(path), content);
      chmodSync(moved(path), 0o644);
    }

    const args = [...(container.command ?? command).slice(1), ...(container.args ?? [])].map(moved);
    // PgBouncer does not run as root; others have been built where nobody else reads.
    const user = program.endsWith('pgbouncer') ? asNobody : {};
    const env = Object.fromEntries((container.env ?? []).map(({ name, value = 'x' }) => [name, value]));
    const child = spawn(program, args, { ...user, cwd: '/', env: { ...process.env, ...env }, stdio: 'ignore' });
    return new ReadyMadeProcess(child, folder);
  }

  private constructor(
    private readonly child: ChildProcess,
    private readonly folder: string,
  ) {}

  /** The resident memory of all its processes now, in MB: with the program, which others share, or only their own. */
  public megabytes(of: 'VmRSS' | 'RssAnon'): number {
    const kilobytes = processes(this.child.pid).map((pid) => {
      const [, resident] =
        new RegExp(`^${of}:\\s+(\\d+) kB$`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
      return Number(resident);
    });
    return kilobytes.reduce((sum, one) => sum + one, 0) / 1024;
  }

  public async stop(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      const exited = once(this.child, 'exit');
      processes(this.child.pid).forEach((pid) => {
        process.kill(pid, 'SIGKILL');
      });
      await exited;
    }
    rmSync(this.folder, { recursive: true });
  }
}

/** A process and its children. */
function processes(pid: number | undefined): number[] {
  const file = `/proc/${pid}/task/${pid}/children`;
  return pid !== undefined && existsSync(file)
    ? [pid, ...readFileSync(file, 'utf8').split(' ').filter(Boolean).map(Number)]
    : [];
}
