import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

test('an error of an app that is written in TypeScript tells its line and column there, and what was said, once', () => {
  const app = join(mkdtempSync(join(tmpdir(), 'pod-patterns-')), 'app.ts');
  writeFileSync(
    app,
    `interface Props {
  readonly name: string;
}
function fail({ name }: Props): never { throw new Error(name + ' fails\\nfor a reason'); }

fail({ name: 'it' });
`,
  );

  const script = join(__dirname, '../../scripts/typescript.cjs');
  const { status, stdout, stderr } = spawnSync(process.execPath, ['-r', script, app], { encoding: 'utf8' });

  expect({ status, stdout, lines: stderr.split('\n').slice(0, 4) }).toStrictEqual({
    status: 1,
    stdout: '',
    lines: ['Error: it fails', 'for a reason', `    at fail (${app}:4:47)`, `    at Object.<anonymous> (${app}:6:1)`],
  });
});
