import { ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Looks until something is so.
 *
 * @param what says what is waited for, for the error
 * @param seconds how long that may take, much longer than it does on an idle machine
 * @param seen what there is instead, for the error
 */
export async function until(
  what: string,
  condition: () => Promise<boolean> | boolean,
  seconds = 60,
  seen: () => string = () => '',
): Promise<void> {
  const begin = Date.now();
  while (!(await condition())) {
    if (Date.now() - begin > seconds * 1000) {
      throw new Error(`waited ${seconds} s until ${what}\n${seen()}`);
    }
    await sleep(20);
  }
}

/** The same of a process, which must not end before. */
export function untilRunning(
  what: string,
  process: ChildProcess,
  seen: () => string,
  condition: () => Promise<boolean> | boolean,
  seconds?: number,
): Promise<void> {
  return until(
    what,
    async () => {
      if (await condition()) {
        return true;
      }
      if (process.exitCode !== null || process.signalCode !== null) {
        throw new Error(`the process ended before this: ${what}\n${seen()}`);
      }
      return false;
    },
    seconds,
    seen,
  );
}

/** Waits until a program has said something: its words come by a pipe, and maybe later than what it does. */
export function untilSaid(program: { readonly output: string }, text: string): Promise<void> {
  return until(
    `it says ${JSON.stringify(text)}`,
    () => program.output.includes(text),
    60,
    () => program.output,
  );
}
