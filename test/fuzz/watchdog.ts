/** Notices an input that keeps the event loop for itself: no timer of this thread could. */
import { Worker } from 'node:worker_threads';

const INPUT_BYTES = 65_536;
const LENGTH = 1;

// Plain JavaScript, so that the thread needs nothing of this program. It ends the process by a signal,
// since a loop that never ends hears of nothing else.
const WATCH = `
const { workerData } = require('node:worker_threads');
const { writeSync } = require('node:fs');
const numbers = new Int32Array(workerData.shared, 0, 2);
const bytes = new Uint8Array(workerData.shared, 8);
let seen = -1;
let since = Date.now();
setInterval(() => {
  const now = Atomics.load(numbers, 0);
  if (now !== seen) {
    seen = now;
    since = Date.now();
  } else if (Date.now() - since > workerData.limitMs) {
    const input = Buffer.from(bytes.slice(0, Atomics.load(numbers, 1))).toString('utf8');
    writeSync(2, 'HANG: the event loop stood still for ' + workerData.limitMs + ' ms at ' + input + '\\n');
    process.kill(process.pid, 'SIGKILL');
  }
}, 1000);
`;

/** Hears of every input before it is presented. */
export interface Progress {
  begin(input: unknown): void;
}

/** A thread that watches this one. */
export class Watchdog implements Progress {
  readonly #shared = new SharedArrayBuffer(8 + INPUT_BYTES);
  readonly #numbers = new Int32Array(this.#shared, 0, 2);
  readonly #input = new Uint8Array(this.#shared, 8);
  readonly #encoder = new TextEncoder();
  readonly #worker: Worker;
  readonly #heartbeat: NodeJS.Timeout;

  /** @param limitMs how long the event loop may stand still */
  constructor(limitMs: number) {
    const workerData = { shared: this.#shared, limitMs };
    this.#worker = new Worker(WATCH, { eval: true, execArgv: [], workerData });
    this.#worker.unref();
    // What waits for I/O does not stand still.
    this.#heartbeat = setInterval(() => Atomics.add(this.#numbers, 0, 1), 500).unref();
  }

  begin(input: unknown): void {
    const { written } = this.#encoder.encodeInto(JSON.stringify(input), this.#input);
    Atomics.store(this.#numbers, LENGTH, written);
    Atomics.add(this.#numbers, 0, 1);
  }

  async stop(): Promise<void> {
    clearInterval(this.#heartbeat);
    await this.#worker.terminate();
  }
}
