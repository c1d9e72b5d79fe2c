import { ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** A process that is told to end, and killed when it does not. */
export async function ended(process: ChildProcess | undefined, signal: NodeJS.Signals): Promise<void> {
  if (process?.exitCode === null && process.signalCode === null) {
    const exited = once(process, 'exit');
    process.kill(signal);
    const killer = setTimeout(() => process.kill('SIGKILL'), 60_000);
    await exited;
    clearTimeout(killer);
  }
}
