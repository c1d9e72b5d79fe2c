import { tmpdir } from 'node:os';
import { basename, dirname } from 'node:path';
import { Testing } from 'cdk8s';

test('what a test leaves in the temporary folder goes with the run', () => {
  expect(basename(tmpdir())).toMatch(/^jest-/);
  expect(dirname(Testing.app().outdir)).toBe(tmpdir());
});
