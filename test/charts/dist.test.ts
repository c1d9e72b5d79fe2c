import { join } from 'node:path';
import { contentOf, project, runTool, withFolder } from '../support/project';

test('dist/ holds what `npx cdk8s synth` writes, file by file and byte by byte', () => {
  const synthesized = withFolder((folder) => {
    runTool(project, 'cdk8s', ['synth', '--output', folder]);
    return contentOf(folder);
  });
  // When this fails: `npm run synth`, look at the difference, commit dist/.
  expect(contentOf(join(project, 'dist'))).toEqual(synthesized);
}, 60_000);

test('`npx cdk8s synth` needs no network: it does not look for a newer cdk8s-cli', () => {
  expect(runTool(project, 'cdk8s', ['synth', '--help'])).toMatch(/--check-upgrade .*\[default: false\]/);
}, 60_000);
