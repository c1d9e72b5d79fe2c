// What npm runs after `npm ci`, before `npm pack`, and when a project installs this library from git: it compiles it.
// `npm ci --omit=dev` brings no compiler, and asks for none: then there is nothing to do.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import process from 'node:process';

const { resolve } = createRequire(import.meta.url);

/** Whether a development dependency is installed. */
function has(name) {
  try {
    resolve(`${name}/package.json`);
    return true;
  } catch {
    return false;
  }
}

if (has('jsii')) {
  process.exitCode = spawnSync('npm', ['run', 'compile'], { stdio: 'inherit', shell: true }).status ?? 1;
} else {
  process.stderr.write('Not compiled: jsii is a development dependency, and these are not installed.\n');
}
