import { rmSync } from 'node:fs';
import { List, Meta, read } from './api';
import { eventually } from './eventually';
import { beginRemoval, RUN_LABEL } from './namespace';
import { allTold, inFolder, Told } from './run';

/** Waits until the namespaces are gone, ends what `setup.ts` started, and tells what there is to tell. */
// eslint-disable-next-line no-restricted-exports -- jest takes the default export
export default async function teardown(): Promise<void> {
  const { E2E_RUN = '', E2E_PROXY, E2E_STARTED } = process.env;
  const path = `/api/v1/namespaces?labelSelector=${RUN_LABEL}%3D${E2E_RUN}`;
  try {
    await eventually('the namespaces of the run are gone', async () => {
      const { items } = (await read<List<{ readonly metadata: Meta }>>(path)) ?? { items: [] };
      // Also those of a worker that ended before it could.
      await Promise.all(items.map(({ metadata }) => beginRemoval(metadata.name)));
      return items.length === 0 || items.map(({ metadata }) => metadata.name).join(', ');
    });
  } finally {
    process.kill(Number(E2E_PROXY));
    const seconds = Math.round((Date.now() - Number(E2E_STARTED)) / 1000);
    process.stdout.write(`\n${summary(allTold())}The run took ${seconds} s.\n`);
    rmSync(inFolder('.'), { recursive: true });
  }
}

function summary(told: readonly Told[]): string {
  const of = (about: Told['about']): readonly Told[] => told.filter((one) => one.about === about);
  const lines = [
    ...of('figures').map(({ test, text }) => `${test}: ${text}`),
    ...of('not run').map(({ test, text }) => `Not run: ${test} (${text})`),
    ...of('missing image').map(({ test, text }) => `Not run: ${test} (the cluster has no image ${text})`),
    ...of('retry').map(({ test, text }) => `Tried again: ${test}\n${text}\n`),
    `${of('retry').length} tests were tried again.`,
  ];
  return lines.map((line) => `${line}\n`).join('');
}
