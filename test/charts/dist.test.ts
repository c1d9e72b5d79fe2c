import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { Manifest } from '../../lib/values/pod';
import { contentOf, project, run, runTool, withFolder } from '../support/project';

/** What `npm run synth` or another command prints and writes on the machine of somebody for whom cdk8s-cli is old. */
function synth(program: string, args: string[]): { printed: string; files: Record<string, string> } {
  return withFolder((folder) => {
    const home = join(folder, 'home');
    mkdirSync(home);
    // Where cdk8s-cli keeps what its registry said last, for half an hour.
    writeFileSync(join(home, '.cdk8s-cli.version'), '99.0.0');
    const dist = join(folder, 'dist');
    const command = [program, ...args, '--output', dist].join(' ');
    const printed = run(project, 'sh', ['-c', `${command} 2>&1`], { HOME: home });
    return { printed, files: contentOf(dist) };
  });
}

const committed = contentOf(join(project, 'dist'));

test('dist/ holds what `npm run synth` writes, file by file and byte by byte, and no server is asked', () => {
  const { printed, files } = synth('npm', ['run', 'synth', '--']);
  // When this fails: `npm run synth`, look at the difference, commit dist/.
  expect(files).toEqual(committed);
  expect(printed).not.toContain('A new version');
});

test('`npx cdk8s synth` writes the same, and says that there is a newer cdk8s-cli', () => {
  const { printed, files } = synth(join(project, 'node_modules/.bin/cdk8s'), ['synth']);
  expect(files).toEqual(committed);
  expect(printed).toContain('A new version 99.0.0 of cdk8s-cli is available');
});

test('`cdk8s synth` empties the folder before it runs an app, so that nothing is left where that fails', () => {
  withFolder((folder) => {
    mkdirSync(join(folder, 'dist'));
    writeFileSync(join(folder, 'dist/old.k8s.yaml'), 'a: 1\n');
    const args = ['synth', '--check-upgrade=false', '--app', 'false', '--output', 'dist'];
    expect(() => runTool(folder, 'cdk8s', args)).toThrow('cdk8s');
    expect(contentOf(join(folder, 'dist'))).toEqual({});
  });
});

test('all of dist/ can be applied to one namespace: no two files have an object of one name', () => {
  const names = Object.values(committed)
    .flatMap((text) => parseAllDocuments(text).map((document) => document.toJS() as Manifest))
    .map(({ kind, metadata }) => `${kind} ${metadata?.name ?? ''}`);
  expect(names.filter((name, index) => names.indexOf(name) < index)).toEqual([]);
});
