/** Runs one PostgreSQL server process on a data folder, from its start to its end. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { type EmbeddedBinaries } from './embedded-binaries.js';
import { type StoppedOnExit } from './exit-hook.js';
import { postmasterFile, readPostmasterFile } from './orphan-postmaster.js';
import { serverEnvironment } from './postgres-cluster.js';
import { type ServerUser } from './server-user.js';

const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 30_000;
const KEPT_LINES = 20;
/** The line of `postmaster.pid` on which a server says how far its start has come. */
const STATUS_LINE = 7;

/** What a server is started with. */
export interface PostmasterOptions {
  readonly binaries: EmbeddedBinaries;
  readonly dataDirectory: string;
  readonly user: ServerUser;
  /** Settings of `postgresql.conf`, by name. */
  readonly settings: Readonly<Record<string, string>>;
  /** Receives the server's warnings and its panics; the errors of a connection go to its client. */
  readonly log: (line: string) => void;
}

/** A server process of this process. Nothing may use it before {@link Postmaster.ready} resolves. */
export class Postmaster implements StoppedOnExit {
  readonly #child: ChildProcess;
  readonly #dataDirectory: string;
  readonly #lastLines: string[] = [];
  readonly #ended: Promise<void>;
  #stopping = false;

  constructor(options: PostmasterOptions) {
    this.#dataDirectory = options.dataDirectory;
    const settings = Object.entries(options.settings).flatMap(([name, value]) => [
      '-c',
      `${name}=${value}`,
    ]);
    this.#child = spawn(options.binaries.postgres, ['-D', options.dataDirectory, ...settings], {
      ...options.user,
      cwd: options.dataDirectory,
      env: serverEnvironment(),
      stdio: ['ignore', 'ignore', 'pipe'],
      // In a session of its own: Ctrl-C is meant for the application, which stops the server last.
      detached: true,
    });
    this.#ended = once(this.#child, 'close').then(
      () => undefined,
      (error: unknown) => void this.#lastLines.push(String(error)),
    );
    this.#readLog(options.log);
    // The server does not keep a process alive that has nothing left to do; the exit hook ends it then.
    this.#child.unref();
    (this.#child.stderr as unknown as { unref(): void }).unref();
  }

  /**
   * Resolves when the server accepts connections.
   * @throws Error with the last lines of the server's log where it ends before.
   */
  async ready(): Promise<void> {
    const deadline = Date.now() + START_TIMEOUT_MS;
    for (;;) {
      const lines = readPostmasterFile(this.#dataDirectory);
      const own = lines?.[0] === String(this.#child.pid);
      if (own && lines?.[STATUS_LINE]?.trim() === 'ready') return;
      if (this.#hasEnded()) {
        await this.#ended;
        throw new Error(`PostgreSQL did not start:\n${this.#lastLines.join('\n')}`);
      }
      if (Date.now() > deadline) {
        await this.stop();
        throw new Error(`PostgreSQL was not ready in ${START_TIMEOUT_MS / 1000} seconds.`);
      }
      await sleep(20);
    }
  }

  /** Ends the server in order: open transactions are rolled back, the data is flushed. */
  async stop(): Promise<void> {
    this.#stopping = true;
    if (!this.#hasEnded()) this.#child.kill('SIGINT');
    const immediate = setTimeout(() => this.#child.kill('SIGQUIT'), STOP_TIMEOUT_MS);
    this.#child.ref();
    await this.#ended;
    clearTimeout(immediate);
  }

  stopNow(): void {
    this.#stopping = true;
    if (this.#hasEnded() || !this.#child.kill('SIGINT')) return;
    // The server removes its file last of all.
    const deadline = Date.now() + STOP_TIMEOUT_MS;
    const cell = new Int32Array(new SharedArrayBuffer(4));
    while (existsSync(postmasterFile(this.#dataDirectory)) && Date.now() < deadline) {
      Atomics.wait(cell, 0, 0, 10);
    }
  }

  #hasEnded(): boolean {
    const { pid, exitCode, signalCode } = this.#child;
    return pid === undefined || exitCode !== null || signalCode !== null;
  }

  #readLog(log: (line: string) => void): void {
    createInterface({ input: this.#child.stderr as NonNullable<ChildProcess['stderr']> }).on(
      'line',
      (line) => {
        this.#lastLines.push(line);
        if (this.#lastLines.length > KEPT_LINES) this.#lastLines.shift();
        if (!this.#stopping && /(WARNING|PANIC): /.test(line)) log(line);
      },
    );
    this.#child.once('exit', (code, signal) => {
      if (!this.#stopping) log(`PostgreSQL ended unexpectedly (${signal ?? `code ${code}`}).`);
    });
  }
}
