import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * What the processes of one run of the suite share: a folder, whose path is in the environment.
 *
 * Jest gives its workers the environment that `setup.ts` leaves.
 */
const FOLDER = 'E2E_FOLDER';

export function useFolder(folder: string): void {
  process.env[FOLDER] = folder;
  writeFileSync(inFolder('record.jsonl'), '');
}

export function inFolder(name: string): string {
  const folder = process.env[FOLDER];
  if (folder === undefined) {
    throw new Error('this is a part of the suite against a cluster; run it with "npm run e2e"');
  }
  return join(folder, name);
}

/** What is told at the end of the run. */
export interface Told {
  readonly about: 'retry' | 'missing image' | 'not run' | 'figures';
  readonly test: string;
  readonly text: string;
}

export function tell(told: Told): void {
  appendFileSync(inFolder('record.jsonl'), `${JSON.stringify(told)}\n`);
}

export function allTold(): Told[] {
  return readFileSync(inFolder('record.jsonl'), 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Told);
}
