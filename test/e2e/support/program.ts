import { spawn } from 'node:child_process';
import { PATIENCE } from './eventually';

/** What a program did. */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ProgramOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly input?: string;
  /**
   * After so many seconds it is ended.
   *
   * @default - longer than anything is waited for, kubectl's own deadlines included
   */
  readonly seconds?: number;
}

/** Runs a program to its end, whatever its exit code; one that takes longer than allowed is an error. */
export function runProgram(program: string, args: readonly string[], options: ProgramOptions = {}): Promise<Outcome> {
  const { cwd, env = process.env, input = '', seconds = PATIENCE + 60 } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, env, stdio: 'pipe' });
    const shown = [program, ...args].join(' ');
    let [stdout, stderr, late] = ['', '', false];
    const deadline = setTimeout(() => {
      late = true;
      child.kill('SIGKILL');
    }, seconds * 1000);
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    // What does not read its input is not at fault.
    child.stdin.on('error', () => undefined);
    child.on('error', (error) => {
      clearTimeout(deadline);
      reject(new Error(`${shown} cannot be run: ${error.message}`));
    });
    child.on('close', (code) => {
      clearTimeout(deadline);
      if (late) {
        reject(new Error(`${shown} did not end within ${seconds} s:\n${stdout}${stderr}`));
      } else {
        resolve({ code: code ?? -1, stdout, stderr });
      }
    });
    child.stdin.end(input);
  });
}

/** What a program has printed; an exit code other than 0 is an error that shows all it said. */
export function outputOf(command: readonly string[], { code, stdout, stderr }: Outcome): string {
  if (code !== 0) {
    throw new Error(`${command.join(' ')} ended with ${code}:\n${stdout}${stderr}`);
  }
  return stdout;
}
