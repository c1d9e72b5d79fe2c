import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { project, runTool, withFolder } from '../support/project';

test('API.md describes the library as it was last built', () => {
  const generated = withFolder((folder) => {
    runTool(project, 'jsii-docgen', ['--output', join(folder, 'API.md')]);
    return readFileSync(join(folder, 'API.md'), 'utf8');
  });
  // When this fails: `npm run docs`, and commit API.md.
  expect(readFileSync(join(project, 'API.md'), 'utf8')).toBe(generated);
});
