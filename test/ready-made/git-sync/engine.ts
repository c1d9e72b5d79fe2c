import { ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Testing } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import { GitSync, GitSyncProps } from '../../../lib';
import { until } from '../../support/until';
import { deployment, synthManifests, synthPodSpec } from '../../support/workloads';

export const INSTALL = 'build v4 of github.com/kubernetes/git-sync, and put it in the PATH';

interface Started {
  readonly args: string[];
  readonly env?: k8s.EnvVar[];
  readonly files?: Readonly<Record<string, string>>;
}

/** What the container is told in the manifest. */
function told(props: GitSyncProps): Required<Started> {
  const chart = Testing.chart();
  new GitSync(deployment(chart), 'content', props);
  const { containers = [], initContainers = [] } = synthPodSpec(chart);
  const { args, env = [] } = [...containers, ...initContainers].find(
    ({ name }) => name === 'content',
  ) as unknown as Started;
  const config = synthManifests(chart).find(({ kind }) => kind === 'ConfigMap') as
    { data?: Started['files'] } | undefined;
  return { args, env, files: config?.data ?? {} };
}

/** A git-sync that runs as the container would, with folders of its own for those of the container. */
export class Running {
  public readonly folder = mkdtempSync(join(tmpdir(), 'git-sync-'));
  public output = '';
  private readonly child: ChildProcess;
  private readonly ended: Promise<unknown>;

  /**
   * @param secrets the files that the Secret would be, and the variable that is of it
   */
  public constructor(
    program: string,
    private readonly props: GitSyncProps,
    secrets: Readonly<Record<string, string>> = {},
  ) {
    const { args, env, files } = told(props);
    for (const name of ['tmp', 'git']) {
      mkdirSync(join(this.folder, name));
    }
    for (const [name, content] of Object.entries(files)) {
      this.write(`etc/git-sync/${name}`, content);
    }
    for (const [name, content] of Object.entries(secrets)) {
      this.write(`etc/git-access/${name}`, content);
    }
    const variables = env.map(({ name, value, valueFrom }) => [
      name,
      value ?? secrets[valueFrom?.secretKeyRef?.key ?? ''],
    ]);
    this.child = spawn(
      program,
      args.map((arg) => this.here(arg)),
      {
        cwd: join(this.folder, 'tmp'),
        // A group of its own: in a container, the programs that it runs end with it.
        detached: true,
        env: {
          PATH: process.env.PATH,
          HOME: join(this.folder, 'tmp'),
          TMPDIR: join(this.folder, 'tmp'),
          ...(Object.fromEntries(variables) as Record<string, string>),
        },
      },
    );
    this.ended = once(this.child, 'close');
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => (this.output += text));
    }
  }

  public get pid(): number {
    return this.child.pid ?? 0;
  }

  /** Puts a file where the container has it. */
  public write(path: string, content: string): void {
    mkdirSync(dirname(join(this.folder, path)), { recursive: true });
    writeFileSync(join(this.folder, path), content, { mode: 0o600 });
  }

  /** A file of the repository, as the main container reads it; undefined if there is none. */
  public read(name: string): string | undefined {
    const path = join(this.folder, 'git', this.props.link ?? 'current', name);
    return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
  }

  /** Whether the startup probe would succeed. */
  public get isStarted(): boolean {
    return existsSync(join(this.folder, 'tmp/synced'));
  }

  public until(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
    return until(what, condition, 60, () => this.output);
  }

  /** Waits until it ends by itself, and says how. */
  public async end(): Promise<number | null> {
    await this.ended;
    return this.child.exitCode;
  }

  /** Asks it to end, and says how it did: its exit code, or the signal. */
  public async stop(): Promise<number | NodeJS.Signals | null> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      this.child.kill('SIGTERM');
    }
    await this.ended;
    return this.child.exitCode ?? this.child.signalCode;
  }

  public remove(): void {
    try {
      process.kill(-this.pid, 'SIGKILL');
    } catch {
      // They have all ended.
    }
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }

  private here(arg: string): string {
    return arg.replace(/=(\/(?:git|tmp|etc)\/)/, (_, path: string) => `=${this.folder}${path}`);
  }
}
