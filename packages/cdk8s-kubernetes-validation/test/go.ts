import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { availabilityOf } from '../../../test/support/program';
import { ServerVerdict } from '../lib/server-finding';

const folder = join(__dirname, '..');
const NATIVE = join(folder, 'native/kubernetes');
const WASM = join(folder, 'wasm/kubernetes.wasm.br');
const MINUTES = 60_000;

/** What a request of the Go code says; `go/review.go` has its fields. */
export interface Request {
  readonly object?: unknown;
  readonly yaml?: string;
  readonly version?: string;
}

/** Tests with the WebAssembly module, built first where it is not what the Go code says. */
export function describeWithModule(name: string, tests: () => void): void {
  describeBuilt(name, 'wasm', WASM, tests);
}

/** Tests with the same code built for this machine. */
export function describeWithOracle(
  name: string,
  tests: (ask: (requests: readonly Request[]) => ServerVerdict[]) => void,
): void {
  describeBuilt(name, 'native', NATIVE, () => {
    tests(ask);
  });
}

/** Builds the WebAssembly module where it is not what the Go code says; without Go, says why it cannot be used. */
export function buildModule(): string | undefined {
  const availability = availabilityOf('go', 'https://go.dev/doc/install');
  if ('path' in availability) {
    build('wasm', WASM);
    return undefined;
  }
  return existsSync(WASM) ? undefined : 'fail' in availability ? availability.fail : availability.skip;
}

function build(target: string, file: string): void {
  execFileSync(process.execPath, [join(folder, 'go/build.mjs'), target, file], { stdio: 'pipe' });
}

/** Without Go they are skipped, and the reason is shown; on CI that is a failure: nothing would be proven. */
function describeBuilt(name: string, target: string, file: string, tests: () => void): void {
  const availability = availabilityOf('go', 'https://go.dev/doc/install');
  if ('path' in availability || (target === 'wasm' && existsSync(file))) {
    describe(name, () => {
      beforeAll(() => {
        if ('path' in availability) {
          build(target, file);
        }
      }, 15 * MINUTES);
      tests();
    });
  } else if ('fail' in availability) {
    test(name, () => {
      throw new Error(availability.fail);
    });
  } else {
    console.warn(availability.skip);
    test.skip(`${name}: ${availability.skip}`, () => undefined);
  }
}

/** Judges many objects in one process. */
function ask(requests: readonly Request[]): ServerVerdict[] {
  const { stdout, stderr, status } = spawnSync(NATIVE, {
    input: requests.map((request) => `${JSON.stringify(request)}\n`).join(''),
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
  });
  if (status !== 0) {
    throw new Error(`${NATIVE} ended with ${status}: ${stderr}`);
  }
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as ServerVerdict);
}
