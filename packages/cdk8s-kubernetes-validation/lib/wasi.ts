import { randomFillSync } from 'node:crypto';

/** Numbers of the WASI specification (wasi_snapshot_preview1). */
const OK = 0;
const BAD_FILE = 8;
const NOT_SUPPORTED = 52;
const REALTIME = 0;
const SUBSCRIPTION_BYTES = 48;
const EVENT_BYTES = 32;
const VECTOR_BYTES = 8;
const CHARACTER_DEVICE = 2;
/** A program has a name at least, and logging asks for it. */
const PROGRAM = Buffer.from('kubernetes\0');
/** As much of what a dying module says as an error message can hold. */
const MOST_OUTPUT = 2_000;

type Call = (...args: never[]) => number;

/**
 * What a Go module asks of its system, for one that only computes: a clock, random numbers, and somewhere to say why it
 * dies. It has no files, no environment and no network.
 *
 * `node:wasi` would do, but prints that it is experimental, and hands a module more than this one should have.
 */
export class Wasi {
  private memory!: WebAssembly.Memory;
  private output = '';

  /** Tells where the module's memory is, before any of its functions is called. */
  public attach(memory: WebAssembly.Memory): void {
    this.memory = memory;
  }

  /** What the module wrote to its standard output and error; forgotten once it was read. */
  public takeOutput(): string {
    const { output } = this;
    this.output = '';
    return output.trim();
  }

  /** The imports of a module; what is not there for a module like this answers that it is not supported. */
  public imports(module: WebAssembly.Module): WebAssembly.Imports {
    const calls: Record<string, Call | undefined> = {
      args_get: (pointers: number, text: number) => {
        new Uint8Array(this.memory.buffer).set(PROGRAM, text);
        return this.write32([pointers, text]);
      },
      args_sizes_get: (count: number, size: number) => this.write32([count, 1], [size, PROGRAM.length]),
      environ_get: () => OK,
      environ_sizes_get: (count: number, size: number) => this.write32([count, 0], [size, 0]),
      clock_time_get: (clock: number, _precision: bigint, address: number) => {
        const time = clock === REALTIME ? BigInt(Date.now()) * 1_000_000n : process.hrtime.bigint();
        this.view.setBigUint64(address, time, true);
        return OK;
      },
      fd_fdstat_get: (file: number, address: number) => {
        if (file > 2) {
          return BAD_FILE;
        }
        new Uint8Array(this.memory.buffer, address, 24).fill(0);
        this.view.setUint8(address, CHARACTER_DEVICE);
        return OK;
      },
      fd_fdstat_set_flags: () => OK,
      fd_prestat_get: () => BAD_FILE,
      fd_write: (file: number, vectors: number, count: number, written: number) =>
        this.print(file, vectors, count, written),
      poll_oneoff: (subscriptions: number, events: number, count: number, happened: number) =>
        this.wake(subscriptions, events, count, happened),
      proc_exit: (status: number) => {
        throw new Error(`the module ended with status ${status}`);
      },
      random_get: (address: number, length: number) => {
        randomFillSync(new Uint8Array(this.memory.buffer, address, length));
        return OK;
      },
      sched_yield: () => OK,
    };
    const imports: Record<string, Record<string, Call>> = {};
    for (const { module: from, name } of WebAssembly.Module.imports(module)) {
      (imports[from] ??= {})[name] = calls[name] ?? (() => NOT_SUPPORTED);
    }
    return imports;
  }

  /** Anew each time: the buffer is another one when the memory has grown. */
  private get view(): DataView {
    return new DataView(this.memory.buffer);
  }

  private write32(...values: [address: number, value: number][]): number {
    for (const [address, value] of values) {
      this.view.setUint32(address, value, true);
    }
    return OK;
  }

  private print(file: number, vectors: number, count: number, written: number): number {
    if (file !== 1 && file !== 2) {
      return BAD_FILE;
    }
    let total = 0;
    for (let index = 0; index < count; index++) {
      const vector = vectors + index * VECTOR_BYTES;
      const length = this.view.getUint32(vector + 4, true);
      const text = Buffer.from(this.memory.buffer, this.view.getUint32(vector, true), length).toString();
      this.output = (this.output + text).slice(0, MOST_OUTPUT);
      total += length;
    }
    return this.write32([written, total]);
  }

  /** Every sleeper wakes at once: nothing ever happens that would be worth waiting for. */
  private wake(subscriptions: number, events: number, count: number, happened: number): number {
    for (let index = 0; index < count; index++) {
      const subscription = subscriptions + index * SUBSCRIPTION_BYTES;
      const event = events + index * EVENT_BYTES;
      new Uint8Array(this.memory.buffer, event, EVENT_BYTES).fill(0);
      this.view.setBigUint64(event, this.view.getBigUint64(subscription, true), true);
      this.view.setUint8(event + 10, this.view.getUint8(subscription + 8));
    }
    return this.write32([happened, count]);
  }
}
