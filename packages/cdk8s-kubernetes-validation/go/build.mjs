// Builds the Go code: `node go/build.mjs wasm` the module that the package ships, `node go/build.mjs native FILE` a program
// that answers requests on its standard input, which tests compare with. It needs Go and the Go module proxy.
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import process from 'node:process';
import { brotliCompressSync, constants } from 'node:zlib';

const [target, file, quality] = process.argv.slice(2);
const folder = import.meta.dirname;
const vendored = path.join(folder, 'vendor');

function go(args, env = {}) {
  execFileSync('go', args, {
    cwd: folder,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, CGO_ENABLED: '0', GOFLAGS: '', GOWORK: 'off', ...env },
  });
}

const sources = ['go.mod', 'go.sum', 'shake/main.go', 'build.mjs']
  .concat(fs.readdirSync(folder).filter((name) => name.endsWith('.go')))
  .map((name) => path.join(folder, name));

function isCurrent(built) {
  const changed = Math.max(...sources.map((source) => fs.statSync(source).mtimeMs));
  return fs.existsSync(built) && fs.statSync(built).mtimeMs > changed;
}

/** The code of Kubernetes, without what the creation of an object does not need. */
function vendor() {
  const stamp = path.join(vendored, 'shaken');
  const wanted = ['go.mod', 'go.sum', 'kinds.go', 'shake/main.go']
    .map((name) => fs.readFileSync(path.join(folder, name), 'utf8'))
    .join('');
  if (fs.existsSync(stamp) && fs.readFileSync(stamp, 'utf8') === wanted) {
    return;
  }
  fs.rmSync(vendored, { recursive: true, force: true });
  go(['mod', 'vendor']);
  go(['run', './shake']);
  fs.writeFileSync(stamp, wanted);
}

function build(output, flags, env) {
  go(['build', '-mod=vendor', '-buildvcs=false', '-trimpath', '-ldflags=-s -w', ...flags, '-o', output, '.'], env);
}

function compress(module) {
  return brotliCompressSync(module, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: Number(quality ?? 5),
      [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
      [constants.BROTLI_PARAM_SIZE_HINT]: module.length,
    },
  });
}

/** One at a time: several tests may ask for the same. */
function locked(use) {
  const lock = path.join(folder, '.building');
  for (;;) {
    try {
      fs.writeFileSync(lock, String(process.pid), { flag: 'wx' });
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') {
        throw error;
      }
      if (!isRunning(Number(fs.readFileSync(lock, 'utf8')))) {
        fs.rmSync(lock, { force: true });
      }
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
    }
  }
  try {
    use();
  } finally {
    fs.rmSync(lock, { force: true });
  }
}

function isRunning(pid) {
  try {
    return pid === 0 || process.kill(pid, 0);
  } catch {
    return false;
  }
}

if (!['wasm', 'native'].includes(target) || file === undefined) {
  throw new Error('build what? wasm FILE [QUALITY] or native FILE');
}
const output = path.resolve(file);
fs.mkdirSync(path.dirname(output), { recursive: true });
locked(() => {
  // How well it was compressed cannot be told: who says how gets it anew.
  if (isCurrent(output) && quality === undefined) {
    return;
  }
  vendor();
  if (target === 'native') {
    build(output, []);
    return;
  }
  const module = path.join(vendored, 'kubernetes.wasm');
  build(module, ['-buildmode=c-shared'], { GOOS: 'wasip1', GOARCH: 'wasm' });
  // Compressing takes longer than building what was built before. Renamed, so that nobody ever reads half of it.
  fs.writeFileSync(`${output}.new`, compress(fs.readFileSync(module)));
  fs.renameSync(`${output}.new`, output);
});
