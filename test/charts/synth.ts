import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { contentOf, project, run, withFolder } from '../support/project';

/** Runs the app of cdk8s.yaml as cdk8s-cli does, and returns the files it writes: name to content. */
export function synthCharts(cwd = project): Record<string, string> {
  const { app } = parse(readFileSync(join(project, 'cdk8s.yaml'), 'utf8')) as { app: string };
  const [program, ...args] = app.split(' ');
  return withFolder((folder) => {
    run(cwd, program, args, { CDK8S_OUTDIR: folder });
    return contentOf(folder);
  });
}
