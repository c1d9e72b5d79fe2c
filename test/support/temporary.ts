import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Gives a run of the tests a temporary folder that goes with it: `Testing.app` alone leaves a folder for each app. */
function useOwnTemporaryFolder(): void {
  const folder = mkdtempSync(join(tmpdir(), 'jest-'));
  process.env.TMPDIR = folder;
  process.once('exit', () => {
    rmSync(folder, { recursive: true, force: true });
  });
}

// Jest calls the default export, before it starts its workers.
export { useOwnTemporaryFolder as default };
