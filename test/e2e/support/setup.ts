import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { synthCharts } from '../../charts/synth';
import { project } from '../../support/project';
import { read } from './api';
import { eventually } from './eventually';
import { outputOf, runProgram } from './program';
import { inFolder, useFolder } from './run';

/** Finds the cluster and starts what all tests share; an error here ends the run. */
// eslint-disable-next-line no-restricted-exports -- jest takes the default export
export default async function setup(): Promise<void> {
  if (!existsSync(join(project, '.jsii'))) {
    throw new Error('The examples of the documentation use what "npm run build" makes; run it first.');
  }
  const { gitVersion, minor } = await cluster();
  useFolder(mkdtempSync(join(tmpdir(), 'pod-patterns-e2e-')));
  // Some clusters say 34+.
  process.env.E2E_MINOR = String(parseInt(minor, 10));
  process.env.E2E_RUN = Date.now().toString(36);
  process.env.E2E_STARTED = String(Date.now());

  // The current context alone, with what it refers to, so that each test can have it with a namespace of its own.
  writeFileSync(
    inFolder('kubeconfig'),
    await kubectl('config', 'view', '--raw', '--minify', '--flatten', '-o', 'json'),
    {
      mode: 0o600,
    },
  );
  writeFileSync(inFolder('synthesized.json'), JSON.stringify(synthCharts()));

  const log = openSync(inFolder('proxy.log'), 'w');
  // A socket in a folder that is nobody else's: a port would give the cluster to every user of the machine.
  const proxy = spawn('kubectl', ['proxy', `--unix-socket=${inFolder('proxy.sock')}`], {
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  await once(proxy, 'spawn');
  proxy.unref();
  process.env.E2E_PROXY = String(proxy.pid);
  await eventually('kubectl proxy answers', async () => (await read<object>('/version')) ?? 'nothing', 60).catch(
    (error: unknown) => {
      throw new Error(`${String(error)}\n${readFileSync(inFolder('proxy.log'), 'utf8')}`);
    },
  );
  const context = (await kubectl('config', 'current-context')).trim();
  process.stdout.write(`\nKubernetes ${gitVersion}, context ${context}, run ${process.env.E2E_RUN}\n`);
}

async function kubectl(...args: string[]): Promise<string> {
  return outputOf(['kubectl', ...args], await runProgram('kubectl', args));
}

/** The cluster that kubectl reaches. */
async function cluster(): Promise<{ readonly gitVersion: string; readonly minor: string }> {
  const need = 'The suite needs kubectl and a cluster in its current context (kubectl config current-context).';
  const version = ['version', '-o', 'json', '--request-timeout=15s'];
  const { code, stdout, stderr } = await runProgram('kubectl', version).catch((error: unknown) => {
    throw new Error(`${need}\n${String(error)}`);
  });
  if (code !== 0) {
    throw new Error(`${need}\nkubectl ${version.join(' ')} ended with ${code}: ${stderr.trim()}`);
  }
  return (JSON.parse(stdout) as { serverVersion: { gitVersion: string; minor: string } }).serverVersion;
}
