import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(__dirname, '../..');

test('tests leave nothing in the temporary folder', () => {
  const folder = mkdtempSync(join(tmpdir(), 'run-'));
  const [temporary, cache] = ['temporary', 'cache'].map((name) => join(folder, name));
  mkdirSync(temporary);

  const { status, stderr } = spawnSync(
    process.execPath,
    ['node_modules/jest/bin/jest.js', '--maxWorkers=1', `--cacheDirectory=${cache}`, 'test/patterns/adapter.test.ts'],
    { cwd: ROOT, env: { ...process.env, TMPDIR: temporary }, encoding: 'utf8' },
  );

  expect({ status, stderr: status === 0 ? '' : stderr }).toStrictEqual({ status: 0, stderr: '' });
  // Compiled code that Node.js keeps for every program.
  expect(readdirSync(temporary).filter((name) => !name.startsWith('v8-compile-cache'))).toStrictEqual([]);
}, 120_000);
