import { ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { ended } from '../../support/process';
import { until, untilRunning } from '../../support/until';

/** A program that runs, and what it says. */
class Running {
  public output = '';

  protected constructor(public readonly process: ChildProcess) {
    for (const stream of [process.stdout, process.stderr]) {
      stream?.on('data', (data) => {
        this.output += String(data);
      });
    }
  }

  public async stop(): Promise<void> {
    await ended(this.process, 'SIGKILL');
  }

  public get hasEnded(): boolean {
    return this.process.exitCode !== null || this.process.signalCode !== null;
  }
}

/** What stands for Google (`test/support/cloud-sql-proxy`). */
export class Cloud extends Running {
  /**
   * @param proxy the program of the proxy, which is beside it
   * @param instances each as `project:region:instance/type/address/server`
   * @param port of its API; one that is free unless it is given
   */
  public static async start(proxy: string, instances: readonly string[], port = 0): Promise<Cloud> {
    const program = join(dirname(proxy), 'cloud-sql');
    const cloud = new Cloud(spawn(program, [`127.0.0.1:${port}`, ...instances]));
    await untilRunning(
      'there is a cloud',
      cloud.process,
      () => cloud.output,
      () => /listening on .*\n/.test(cloud.output),
    );
    return cloud;
  }

  /** Where its API is. */
  public get endpoint(): string {
    return `http://${/listening on (\S+)/.exec(this.output)?.[1] ?? 'nowhere'}`;
  }
}

/** A Cloud SQL Auth Proxy that runs. */
export class Proxy extends Running {
  /** @returns one that has started, or has ended because it does not like its arguments */
  public static async start(
    program: string,
    args: readonly string[],
    healthPort: number,
    env: NodeJS.ProcessEnv,
  ): Promise<Proxy> {
    const proxy = new Proxy(spawn(program, args, { env }), healthPort);
    await until(
      'the proxy has started or ended',
      async () => proxy.hasEnded || (await proxy.health('/startup')) === 200,
      60,
      () => proxy.output,
    );
    return proxy;
  }

  private constructor(
    process: ChildProcess,
    private readonly healthPort: number,
  ) {
    super(process);
  }

  /** The status of an answer; 0 if there is none. */
  public async health(path: string, host = '127.0.0.1'): Promise<number> {
    try {
      return (await fetch(`http://${host}:${this.healthPort}${path}`)).status;
    } catch {
      return 0;
    }
  }

  public async terminated(): Promise<number | null> {
    if (!this.hasEnded) {
      await once(this.process, 'exit');
    }
    return this.process.exitCode;
  }
}
