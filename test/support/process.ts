import { ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/**
 * Tells a process to end and waits until it has.
 *
 * @throws when it has to be killed for that
 */
export async function ended(process: ChildProcess | undefined, signal: NodeJS.Signals, seconds = 60): Promise<void> {
  if (process?.exitCode === null && process.signalCode === null) {
    const exited = once(process, 'exit');
    process.kill(signal);
    const killer = setTimeout(() => process.kill('SIGKILL'), seconds * 1000);
    const [, by] = (await exited) as [code: number | null, by: NodeJS.Signals | null];
    clearTimeout(killer);
    if (by === 'SIGKILL' && signal !== 'SIGKILL') {
      throw new Error(`${process.spawnfile} did not end within ${seconds} s of ${signal}; it was killed`);
    }
  }
}
