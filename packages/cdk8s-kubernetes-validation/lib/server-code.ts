import * as fs from 'node:fs';
import * as path from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import { FindingLevel, ServerFinding, ServerVerdict } from './server-finding';
import { Wasi } from './wasi';

/** Where the build puts it, seen from `lib/` as from `build/`. */
const FILE = path.join(__dirname, '..', 'wasm', 'kubernetes.wasm.br');

/** More than any manifest: a List of objects may well be larger than the 3 MiB that the server takes of one. */
export const MOST_CHARACTERS = 64 * 1024 * 1024;

/** What the Go code exports; `go/main_wasip1.go` says what each does. */
interface Exports {
  readonly memory: WebAssembly.Memory;
  _initialize(): void;
  allocate(length: number): number;
  respond(length: number): number;
  address(): number;
  kubernetes(): number;
}

interface Instance {
  readonly exports: Exports;
  readonly wasi: Wasi;
}

let compiled: WebAssembly.Module | undefined;
let running: Instance | undefined;

/**
 * The verdict on one object. It never throws for what the object is like.
 *
 * @throws when the package has no WebAssembly module, which only a checkout that was not built lacks
 */
export function judgeObject(object: unknown, version = ''): ServerVerdict {
  let text: unknown;
  try {
    text = JSON.stringify(object);
  } catch (error) {
    return failed(`cannot be written as JSON: ${messageOf(error)}`);
  }
  if (typeof text !== 'string') {
    return failed(`not an object: the manifest is ${typeof object}`);
  }
  // JSON has no NaN and no infinity: they become null, which is something else.
  const lost = text.includes('null') ? findNonFinite(object) : undefined;
  return lost ? failed(lost.message, lost.field) : ask(`{"object":${text},"version":${JSON.stringify(version)}}`);
}

/** The verdict on one object in YAML, read as kubectl reads it. */
export function judgeYaml(yaml: string, version = ''): ServerVerdict {
  return ask(JSON.stringify({ yaml, version }));
}

function ask(request: string): ServerVerdict {
  if (request.length > MOST_CHARACTERS) {
    return failed(`${request.length} characters are more than are looked at (${MOST_CHARACTERS})`);
  }
  const instance = instantiate();
  try {
    return JSON.parse(call(instance, request)) as ServerVerdict;
  } catch (error) {
    // Nested more deeply than the stack is, say. What is left of the module is in no state to go on.
    running = undefined;
    const why = [messageOf(error), instance.wasi.takeOutput()].filter((said) => said !== '');
    return failed(`could not be judged: ${why.join(': ')}`);
  }
}

/** The version of Kubernetes whose code it is, for instance `v1.34.4`. */
export function kubernetesVersion(): string {
  const { exports } = instantiate();
  return read(exports, exports.kubernetes());
}

/** Whether it is a version of Kubernetes that can be asked for. */
export function isVersion(version: unknown): boolean {
  return typeof version === 'string' && /^v?1\.\d+/.test(version);
}

function findNonFinite(value: unknown, field = ''): { field: string; message: string } | undefined {
  if (typeof value === 'number' && !Number.isFinite(value)) {
    return { field, message: `${value} is no number that JSON can hold` };
  }
  if (typeof value !== 'object' || value === null) {
    return undefined;
  }
  for (const [key, child] of Object.entries(value)) {
    const step = Array.isArray(value) || /[.[\]]/.test(key) ? `[${key}]` : `${field === '' ? '' : '.'}${key}`;
    const found = findNonFinite(child, field + step);
    if (found) {
      return found;
    }
  }
  return undefined;
}

function failed(message: string, field = ''): ServerVerdict {
  const finding: ServerFinding = { level: FindingLevel.ERROR, field, reason: 'BadRequest', message };
  return { apiVersion: '', kind: '', name: '', findings: [finding] };
}

function call({ exports }: Instance, request: string): string {
  const bytes = Buffer.from(request);
  const address = exports.allocate(bytes.length);
  bytes.copy(Buffer.from(exports.memory.buffer, address, bytes.length));
  return read(exports, exports.respond(bytes.length));
}

function read(exports: Exports, length: number): string {
  return Buffer.from(exports.memory.buffer, exports.address(), length).toString();
}

function instantiate(): Instance {
  if (!running) {
    compiled ??= new WebAssembly.Module(brotliDecompressSync(moduleBytes()));
    const wasi = new Wasi();
    const exports = new WebAssembly.Instance(compiled, wasi.imports(compiled)).exports as unknown as Exports;
    wasi.attach(exports.memory);
    exports._initialize();
    running = { exports, wasi };
  }
  return running;
}

function moduleBytes(): Buffer {
  try {
    return fs.readFileSync(FILE);
  } catch (error) {
    throw new Error(
      `${FILE} cannot be read; in a checkout, build it: npm run build:wasm -w cdk8s-kubernetes-validation`,
      {
        cause: error,
      },
    );
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
