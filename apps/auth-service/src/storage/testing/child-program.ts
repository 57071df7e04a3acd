/** Runs TypeScript in a process of its own, for tests of what a process's death leaves behind. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const PROJECT = fileURLToPath(new URL('../../../', import.meta.url));

/** A running program and what it has said. */
export class ChildProgram {
  /** The error output so far. */
  errorOutput = '';
  readonly #lines: string[] = [];
  readonly #exited: Promise<void>;

  private constructor(readonly child: ChildProcess) {
    child.stderr?.on('data', (chunk: Buffer) => (this.errorOutput += chunk.toString()));
    createInterface({ input: child.stdout as NonNullable<ChildProcess['stdout']> }).on(
      'line',
      (line) => void this.#lines.push(line),
    );
    this.#exited = once(child, 'close').then(() => undefined);
  }

  /** Starts `code`, an ES module that finds `args` in `process.argv` from index 1 on. */
  static start(code: string, ...args: string[]): ChildProgram {
    const child = spawn(
      process.execPath,
      [
        '--conditions=@keyward/source',
        '--import=@swc-node/register/esm-register',
        '--input-type=module',
        `--eval=${code}`,
        '--',
        ...args,
      ],
      {
        cwd: PROJECT,
        // Its own settings: those of the test runner are not meant for it.
        env: {
          ...process.env,
          NODE_OPTIONS: '--disable-warning=ExperimentalWarning',
          FORCE_COLOR: '0',
        },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    return new ChildProgram(child);
  }

  /**
   * Line `index` of its output, counted from 0, as soon as it is there.
   * @throws Error with the error output where the program ends without it.
   */
  async line(index: number): Promise<string> {
    for (;;) {
      const ended = await Promise.race([this.#exited.then(() => true), pause()]);
      const line = this.#lines[index];
      if (line !== undefined) return line;
      if (ended) throw new Error(this.errorOutput);
    }
  }

  /** Resolves when the program has ended and all that it said has arrived. */
  async ended(): Promise<{ code: number | null; signal: NodeJS.Signals | null; lines: string[] }> {
    await this.#exited;
    const { exitCode: code, signalCode: signal } = this.child;
    return { code, signal, lines: this.#lines };
  }
}

function pause(): Promise<false> {
  return new Promise((resolve) => setTimeout(() => resolve(false), 10));
}
