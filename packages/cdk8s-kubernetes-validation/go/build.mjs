// Builds the Go code: `node go/build.mjs wasm` the module that the package ships, `node go/build.mjs native FILE` a program
// that answers requests on its standard input, which tests compare with. It needs Go and the Go module proxy.
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import process from 'node:process';
import { brotliCompressSync, constants } from 'node:zlib';

const [target, file, quality = '5'] = process.argv.slice(2);
const folder = import.meta.dirname;

function go(args, env = {}) {
  execFileSync('go', args, {
    cwd: folder,
    stdio: 'inherit',
    env: { ...process.env, CGO_ENABLED: '0', GOFLAGS: '', ...env },
  });
}

/** The code of Kubernetes, without what the creation of an object does not need. */
function vendor() {
  const vendored = path.join(folder, 'vendor');
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

vendor();
if (target === 'wasm') {
  const output = path.join(folder, 'vendor', 'kubernetes.wasm');
  build(output, ['-buildmode=c-shared'], { GOOS: 'wasip1', GOARCH: 'wasm' });
  const module = fs.readFileSync(output);
  const compressed = brotliCompressSync(module, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: Number(quality),
      [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
      [constants.BROTLI_PARAM_SIZE_HINT]: module.length,
    },
  });
  fs.mkdirSync(path.dirname(file), { recursive: true });
  // Renamed, so that nobody ever reads half of it.
  fs.writeFileSync(`${file}.new`, compressed);
  fs.renameSync(`${file}.new`, file);
} else if (target === 'native') {
  build(path.resolve(file), []);
} else {
  throw new Error(`build what? wasm FILE [QUALITY] or native FILE`);
}
