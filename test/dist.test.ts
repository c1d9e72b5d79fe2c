import { join } from 'node:path';
import { contentOf, project, runTool, withFolder } from './support/project';

test('dist/ holds what `npx cdk8s synth` writes, file by file and byte by byte', () => {
  const synthesized = withFolder((folder) => {
    runTool(project, 'cdk8s', ['synth', '--check-upgrade=false', '--output', folder]);
    return contentOf(folder);
  });
  // When this fails: `npm run synth`, look at the difference, commit dist/.
  expect(contentOf(join(project, 'dist'))).toEqual(synthesized);
}, 60_000);
