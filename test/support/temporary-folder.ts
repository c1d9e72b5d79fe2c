import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * What tests leave in the temporary folder (cdk8s makes one for each `Testing.app()` and each `Helm`) goes into a folder
 * of this run, which is removed in the end.
 */
export default function setUp(): void {
  process.env.TMPDIR = mkdtempSync(join(tmpdir(), 'cdk8s-pod-patterns-'));
}

export function tearDown(): void {
  const { TMPDIR: folder = '' } = process.env;
  if (folder.includes('cdk8s-pod-patterns-')) {
    rmSync(folder, { recursive: true, force: true });
  }
}
