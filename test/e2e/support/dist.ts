import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { filesIn, project } from '../../support/project';
import { Namespace } from './namespace';
import { inFolder } from './run';

/** The names of the manifests in `dist/`. */
export const DIST: readonly string[] = filesIn(join(project, 'dist'));

/**
 * Applies a file of `dist/` as the tutorial does, and shows that what is synthesized again would change nothing.
 *
 * @param file its name, such as `sidecar-logging.yaml`
 */
export async function applyDist(namespace: Namespace, file: string): Promise<void> {
  const applied = await namespace.bash(`kubectl apply -f ${file}`);
  expect(applied).toMatchObject({ code: 0, stderr: '' });
  const synthesized = JSON.parse(readFileSync(inFolder('synthesized.json'), 'utf8')) as Record<string, string>;
  expect(await namespace.tryKubectl(['diff', '-f', '-'], synthesized[file])).toEqual({
    code: 0,
    stdout: '',
    stderr: '',
  });
}
