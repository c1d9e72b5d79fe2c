/** Runs commands by turns, and tells what they took. */
import { execFileSync } from 'node:child_process';
import * as path from 'node:path';

export interface Command {
  readonly program: string;
  readonly args: readonly string[];
}

/** What a process and its children took; the medians of all runs. */
export interface Figures {
  /** On the clock. */
  readonly seconds: number;
  /** Of all processors, without the system's. */
  readonly userSeconds: number;
  /** What only the process itself knows: JSON in the last line that it prints. */
  readonly said: Readonly<Record<string, number>>;
}

/** A measurement of `measure.ts`. */
export function measurement(what: string, count: number): Command {
  return typescript('measure.ts', what, String(count));
}

/** A file of this folder, run as `cdk8s.yaml` runs the app. */
export function typescript(file: string, ...args: readonly string[]): Command {
  const preloads = ['compile-cache.cjs', 'typescript.cjs'].flatMap((script) => [
    '-r',
    path.join(__dirname, '../scripts', script),
  ]);
  return { program: process.execPath, args: [...preloads, path.join(__dirname, file), ...args] };
}

/**
 * The medians of so many runs. The commands take turns, so that a machine that is slow for a while is so for all, and
 * the first run of each does not count: it fills caches.
 */
export function run<Name extends string>(runs: number, commands: Record<Name, Command>): Record<Name, Figures> {
  const names = Object.keys(commands) as Name[];
  const rounds = Array.from({ length: runs + 1 }, () => names.map((name) => runOnce(commands[name]))).slice(1);
  const medians = names.map((name, index): [Name, Figures] => {
    const all = rounds.map((round) => round[index]);
    const said = Object.keys(all[0].said).map((what) => [what, median(all.map((figures) => figures.said[what]))]);
    return [
      name,
      {
        seconds: median(all.map(({ seconds }) => seconds)),
        userSeconds: median(all.map(({ userSeconds }) => userSeconds)),
        said: Object.fromEntries(said) as Figures['said'],
      },
    ];
  });
  return Object.fromEntries(medians) as Record<Name, Figures>;
}

/** What a command took this time. */
export function runOnce({ program, args }: Command): Figures {
  // The shell knows what its children took, and Node.js does not. It says so in the last line.
  const script = 'TIMEFORMAT="%R %U"; exec 3>&2; { time "$0" "$@" 2>&3; } 2>&1';
  const output = execFileSync('bash', ['-c', script, program, ...args], { encoding: 'utf8', maxBuffer: 1e9 });
  const lines = output.trimEnd().split('\n');
  const [seconds, userSeconds] = (lines.pop() ?? '').split(' ').map(Number);
  const last = lines.at(-1) ?? '';
  const said = last.startsWith('{') ? (JSON.parse(last) as Figures['said']) : {};
  return { seconds, userSeconds, said };
}

export function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
}
