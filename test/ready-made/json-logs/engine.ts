import { ChildProcessByStdio, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { JsonLogFormat } from '../../../lib';
import {
  FOLLOW_FILE,
  followScript,
  formatProblems,
  PROGRAM_FILE,
  renderProgram,
} from '../../../lib/ready-made/json-logs/json-logs-program';
import { untilRunning } from '../../support/until';

/** Where busybox runs as in its image, whose tools are its own. */
export class Busybox {
  public readonly folder = mkdtempSync(join(tmpdir(), 'json-logs-'));
  private readonly tools = join(this.folder, 'bin');
  private readonly followers: Follower[] = [];

  public constructor(program: string) {
    mkdirSync(this.tools);
    execFileSync(program, ['--install', '-s', this.tools]);
  }

  public get env(): NodeJS.ProcessEnv {
    return { PATH: this.tools };
  }

  public in(name: string): string {
    return join(this.folder, name);
  }

  /** What awk says against a format; the empty string where it takes it. */
  public complaints(format: JsonLogFormat): string {
    const { status, stderr } = this.run(format, Buffer.from('\n'));
    return status === 0 ? '' : stderr.toString();
  }

  /** The lines that are given out for others, which are bytes. */
  public formatted(format: JsonLogFormat, lines: readonly Uint8Array[]): string[] {
    expect(formatProblems(format)).toStrictEqual([]);
    const { status, stdout, stderr } = this.run(format, Buffer.concat(lines.flatMap((line) => [line, NEWLINE])));
    if (status !== 0 || stderr.length > 0) {
      throw new Error(`awk ended with ${status}:\n${stderr.toString()}\n${renderProgram(format)}`);
    }
    // What is no UTF-8 must not pass for U+FFFD.
    return new TextDecoder('utf-8', { fatal: true }).decode(stdout).split('\n').slice(0, -1);
  }

  /** The same as values. */
  public objects(format: JsonLogFormat, lines: readonly (Uint8Array | string)[]): unknown[] {
    const bytes = lines.map((line) => (typeof line === 'string' ? Buffer.from(line) : line));
    return this.formatted(format, bytes).map((line) => JSON.parse(line) as unknown);
  }

  /** The script that the container runs. */
  public follow(format: JsonLogFormat, file: string): Follower {
    writeFileSync(this.in(FOLLOW_FILE), followScript(this.folder));
    writeFileSync(this.in(PROGRAM_FILE), renderProgram(format));
    const follower = new Follower(join(this.tools, 'sh'), [this.in(FOLLOW_FILE), file], this.env);
    this.followers.push(follower);
    return follower;
  }

  public close(): void {
    for (const follower of this.followers) {
      follower.kill();
    }
    rmSync(this.folder, { recursive: true });
  }

  private run(format: JsonLogFormat, input: Buffer) {
    writeFileSync(this.in(PROGRAM_FILE), renderProgram(format));
    const script = `export LC_ALL=C; tr '\\377\\000' '\\376\\377' | awk -f ${this.in(PROGRAM_FILE)}`;
    return spawnSync(join(this.tools, 'sh'), ['-c', script], { env: this.env, input, maxBuffer: 1e9 });
  }
}

const NEWLINE = Buffer.from('\n');

/** A running adapter, and what it gives out. */
export class Follower {
  public readonly lines: unknown[] = [];
  public said = '';
  private readonly child: ChildProcessByStdio<null, Readable, Readable>;
  private readonly closed: Promise<unknown>;

  public constructor(program: string, args: string[], env: NodeJS.ProcessEnv) {
    // A process group of its own, as a container's.
    this.child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    const output = createInterface({ input: this.child.stdout });
    output.on('line', (line) => {
      this.lines.push(JSON.parse(line));
    });
    this.closed = once(this.child, 'close');
    this.child.stderr.on('data', (data: Buffer) => {
      this.said += data.toString();
    });
  }

  public get pid(): number {
    return this.child.pid ?? 0;
  }

  /** Waits for so many lines and gives all that have come. */
  public async gives(count: number): Promise<unknown[]> {
    const seen = (): string => `${JSON.stringify(this.lines)}\n${this.said}`;
    await untilRunning(`there are ${count} lines`, this.child, seen, () => this.lines.length >= count);
    return this.lines;
  }

  /** Ends it as the kubelet does, and tells how that went. */
  public async end(): Promise<number | null> {
    this.child.kill('SIGTERM');
    return this.ended();
  }

  public async ended(): Promise<number | null> {
    await this.closed;
    return this.child.exitCode;
  }

  public kill(): void {
    try {
      process.kill(-this.pid, 'SIGKILL');
    } catch {
      // It is gone.
    }
  }
}
