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
  /** Where the process says so. */
  readonly megabytes: number;
  readonly share: number;
}

/** A measurement of `measure.ts`. */
export function measurement(what: string, count: number): Command {
  return typescript('measure.ts', what, String(count));
}

/** A file of this folder. */
export function typescript(file: string, ...args: readonly string[]): Command {
  const register = path.join(__dirname, '../scripts/typescript.cjs');
  return { program: process.execPath, args: ['-r', register, path.join(__dirname, file), ...args] };
}

/**
 * The medians of so many runs. The commands take turns, so that a machine that is slow for a while is so for all, and
 * the first run of each does not count: it fills caches.
 */
export function run<Name extends string>(runs: number, commands: Record<Name, Command>): Record<Name, Figures> {
  const names = Object.keys(commands) as Name[];
  const rounds = Array.from({ length: runs + 1 }, () => names.map((name) => runOnce(commands[name]))).slice(1);
  const medians = names.map((name, index): [Name, Figures] => {
    const median = (figure: keyof Figures) => medianOf(rounds.map((round) => round[index][figure]));
    return [
      name,
      {
        seconds: median('seconds'),
        userSeconds: median('userSeconds'),
        megabytes: median('megabytes'),
        share: median('share'),
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
  const said = lines.at(-1)?.startsWith('{') ? (JSON.parse(lines.at(-1) ?? '') as Partial<Figures>) : {};
  return { seconds, userSeconds, megabytes: NaN, share: NaN, ...said };
}

function medianOf(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
}
