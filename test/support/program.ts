import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** What to do with tests that need a program: run them with it, or not at all, or fail. */
export type Availability = { readonly path: string } | { readonly skip: string } | { readonly fail: string };

/** Where a program comes from. */
export interface ProgramSource {
  /** That CI does not have it, so that it is not missed there. */
  readonly elsewhere?: boolean;
}

/**
 * Tests with a real program. Where it is not installed they are skipped, and the reason is shown; on CI, which
 * installs what is needed, its absence is a failure: nothing would be proven, and nobody would notice. Only what comes
 * from elsewhere is skipped there, too. What fails on CI is tried once more, and both failures are shown.
 */
export function describeWithProgram(
  program: string,
  tests: (path: string) => void,
  install = `apt-get install ${program}`,
  source: ProgramSource = {},
): void {
  const availability = availabilityOf(program, install, process.env, source);
  if (process.env.CI === 'true') {
    // One that is not there at once, as the machine is busy, is no reason to let a change wait. The first failure is shown.
    jest.retryTimes(1, { logErrorsBeforeRetry: true });
  }
  if ('path' in availability) {
    describe(`with ${program}`, () => {
      tests(availability.path);
    });
  } else if ('fail' in availability) {
    test(`with ${program}`, () => {
      throw new Error(availability.fail);
    });
  } else {
    console.warn(availability.skip);
    test.skip(availability.skip, () => undefined);
  }
}

export function availabilityOf(
  program: string,
  install: string,
  env: NodeJS.ProcessEnv = process.env,
  { elsewhere = false }: ProgramSource = {},
): Availability {
  // Debian keeps servers in sbin, which the PATH of users lacks, and PostgreSQL's in a folder for each version.
  const path = `${env.PATH ?? ''}:/usr/local/sbin:/usr/sbin:${postgresFolders().join(':')}`;
  const found = spawnSync('/bin/sh', ['-c', 'command -v "$1"', 'sh', program], {
    encoding: 'utf8',
    env: { ...env, PATH: path },
  });
  if (found.status === 0) {
    return { path: found.stdout.trim() };
  }
  const reason = `${program} is not installed (${install})`;
  return env.CI === 'true' && !elsewhere ? { fail: reason } : { skip: `skipped: ${reason}` };
}

function postgresFolders(): string[] {
  const folder = '/usr/lib/postgresql';
  return existsSync(folder) ? readdirSync(folder).map((version) => join(folder, version, 'bin')) : [];
}
