// One service as a child process: its output, its readiness, its end.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

const STOP_TIMEOUT_MS = 20_000;
const READY_TIMEOUT_MS = 120_000;
const KEPT_LINES = 30;
// What Nest says about its own wiring: of interest only where a start fails.
const FRAMEWORK_LINE =
  /\bLOG\b.*\[(NestFactory|NestApplication|InstanceLoader|RoutesResolver|RouterExplorer)\]/;

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export class ServiceProcess {
  #child;
  #hidden = [];
  #ready = false;
  #stopping = false;

  /** Resolves with the reason when the service ends, for whatever cause. */
  ended;

  /** @param entry the program's file; @param name stands before each line that it prints */
  constructor({ name, entry, cwd, env }) {
    this.name = name;
    this.#child = spawn(process.execPath, ['--enable-source-maps', entry], {
      cwd,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      // A group of its own: Ctrl-C reaches this program alone, which then stops the services in order.
      detached: process.platform !== 'win32',
    });
    this.ended = once(this.#child, 'exit').then(
      ([code, signal]) => (signal === null ? `exit code ${code}` : `signal ${signal}`),
      (error) => error.message,
    );
    this.#print(this.#child.stdout, process.stdout);
    this.#print(this.#child.stderr, process.stderr);
  }

  get running() {
    return (
      this.#child.pid !== undefined &&
      this.#child.exitCode === null &&
      this.#child.signalCode === null
    );
  }

  /**
   * Resolves when `url` answers 2xx.
   * @throws Error where the service ends before that, or takes too long
   */
  async ready(url, onWaiting) {
    const started = Date.now();
    for (let round = 1; ; round++) {
      if (this.#stopping) throw new Error(`${this.name} was stopped.`);
      if (!this.running) throw this.failure(await this.ended);
      if (await answers(url)) break;
      const waitedMs = Date.now() - started;
      if (waitedMs > READY_TIMEOUT_MS) {
        throw this.failure(`not ready after ${READY_TIMEOUT_MS / 1000} s`);
      }
      if (round % 25 === 0) onWaiting(Math.round(waitedMs / 1000));
      await pause(200);
    }
    this.#ready = true;
    this.#hidden = [];
  }

  /** The error of a service that ended by itself, after what it said last. */
  failure(reason) {
    for (const line of this.#hidden) process.stderr.write(`[${this.name}] ${line}\n`);
    this.#hidden = [];
    return new Error(`${this.name} stopped: ${reason}. What it said stands above.`);
  }

  /** Asks the service to stop and waits until it has; insists after 20 s. */
  async stop() {
    this.#stopping = true;
    if (!this.running) return;
    this.#child.kill('SIGTERM');
    const insist = setTimeout(() => this.#child.kill('SIGKILL'), STOP_TIMEOUT_MS);
    await this.ended;
    clearTimeout(insist);
  }

  /** The last resort, for a program that is about to end: sends the signal and does not wait. */
  signalNow() {
    if (this.running) this.#child.kill('SIGTERM');
  }

  #print(from, to) {
    createInterface({ input: from }).on('line', (line) => {
      if (this.#ready || !FRAMEWORK_LINE.test(line)) {
        to.write(`[${this.name}] ${line}\n`);
        return;
      }
      this.#hidden.push(line);
      if (this.#hidden.length > KEPT_LINES) this.#hidden.shift();
    });
  }
}

async function answers(url) {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2000) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    // Not listening yet.
    return false;
  }
}
