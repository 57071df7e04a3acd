/** Runs an application as the real process that it is in production, on ports of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';

// A process that is alone is ready in two seconds; one of twenty on two cores is not.
const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 15_000;

/** How a process is started. */
export interface AppProcessOptions {
  /** Arguments to Node.js. */
  readonly args: readonly string[];
  /** Its environment. Of the tests' own it inherits nothing but where programs and temporary files are. */
  readonly env: Readonly<Record<string, string>>;
  /** The origin at which it answers. */
  readonly url: string;
  /** A path that answers 200 when the process can be used. */
  readonly readyPath: string;
  /** How long that may take, in milliseconds. Default: a minute. */
  readonly readyWithinMs?: number;
}

/** How a process ended. */
export interface AppEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A running process. */
export class AppProcess {
  #output = '';
  readonly #child: ChildProcess;
  readonly #ended: Promise<AppEnd>;

  private constructor(
    /** The origin at which it answers, without a trailing slash. */
    readonly url: string,
    options: AppProcessOptions,
  ) {
    const { PATH = '', HOME = '', TMPDIR } = process.env;
    this.#child = spawn(process.execPath, options.args, {
      env: { PATH, HOME, ...(TMPDIR && { TMPDIR }), ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.on('data', (chunk: Buffer) => (this.#output += chunk.toString()));
    }
    this.#ended = once(this.#child, 'close').then(([code, signal]) => ({ code, signal }) as AppEnd);
  }

  /**
   * Starts a process and resolves when it is ready.
   * @throws Error with its output where it ends before, or is not ready in time.
   */
  static async start(options: AppProcessOptions): Promise<AppProcess> {
    const app = new AppProcess(options.url, options);
    const deadline = Date.now() + (options.readyWithinMs ?? START_TIMEOUT_MS);
    while (!(await isReady(options.url + options.readyPath))) {
      const end = await Promise.race([app.#ended, sleep(50, null)]);
      if (end) throw new Error(`The process ended (${end.signal ?? end.code}):\n${app.output}`);
      if (Date.now() > deadline) {
        await app.kill();
        throw new Error(`The process was not ready at ${options.url}:\n${app.output}`);
      }
    }
    return app;
  }

  /** Its process id. */
  get pid(): number {
    return this.#child.pid as number;
  }

  /** All that it wrote to its standard and error output so far. */
  get output(): string {
    return this.#output;
  }

  /**
   * Asks it to end (SIGTERM) and resolves when it has. Bears repetition.
   * @param timeoutMs how long it may take, by default 15 seconds.
   * @throws Error with its output where it takes longer; then it is killed.
   */
  async stop(timeoutMs = STOP_TIMEOUT_MS): Promise<AppEnd> {
    this.#child.kill('SIGTERM');
    const deadline = new AbortController();
    const late = sleep(timeoutMs, null, { signal: deadline.signal }).catch(() => null);
    const end = await Promise.race([this.#ended, late]);
    deadline.abort();
    if (end) return end;
    await this.kill();
    throw new Error(`The process did not end on SIGTERM:\n${this.output}`);
  }

  /** Ends it at once (SIGKILL), as a crash would, and resolves when it is gone. Bears repetition. */
  async kill(): Promise<AppEnd> {
    this.#child.kill('SIGKILL');
    return this.#ended;
  }
}

async function isReady(url: string): Promise<boolean> {
  const { get } = url.startsWith('https:') ? https : http;
  return new Promise((resolve) => {
    // Whose certificate it is does not matter for this question; the tests look at it.
    const asking = get(url, { rejectUnauthorized: false, timeout: 5_000 }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    asking.on('timeout', () => asking.destroy());
    asking.on('error', () => resolve(false));
  });
}
