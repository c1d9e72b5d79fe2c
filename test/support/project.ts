import { execFileSync, ExecFileSyncOptions } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** The project's folder. */
export const project = resolve(__dirname, '../..');

/** Runs a program in a folder and returns what it prints; an exit code other than 0 is an error that shows it. */
export function run(cwd: string, program: string, args: string[], env: NodeJS.ProcessEnv = {}): string {
  const options: ExecFileSyncOptions = { cwd, env: { ...process.env, ...env }, stdio: 'pipe' };
  try {
    return execFileSync(program, args, options).toString();
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: Buffer; stderr?: Buffer };
    throw new Error(`${program} ${args.join(' ')} failed:\n${String(stdout)}${String(stderr)}`, { cause: error });
  }
}

/** Runs a program of one of the project's development dependencies. */
export function runTool(cwd: string, tool: string, args: string[]): string {
  return run(cwd, join(project, 'node_modules/.bin', tool), args);
}

/** Calls a function with an empty folder, which it then deletes. */
export function withFolder<T>(use: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'cdk8s-pod-patterns-'));
  try {
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The names of all files below a folder, sorted; none where there is no such folder. */
export function filesIn(folder: string): string[] {
  if (!existsSync(folder)) {
    return [];
  }
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}

/** The content of all files below a folder, by name. */
export function contentOf(folder: string): Record<string, string> {
  return Object.fromEntries(filesIn(folder).map((file) => [file, readFileSync(join(folder, file), 'utf8')]));
}
