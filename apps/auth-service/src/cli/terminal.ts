/** Where a command's answer goes: results to the output, everything said about them to the error output. */
import { once } from 'node:events';
import { createInterface } from 'node:readline/promises';
import { type Readable, type Writable } from 'node:stream';
import { CommandError, CommandUsageError } from './command.error.js';
import { EXIT, type ExitCode } from './exit.code.js';
import { plainLines } from './plain.text.js';

/** What a command found or did: as a text for people and as JSON for programs, with the same facts. */
export interface Answer {
  readonly text: string;
  readonly json: unknown;
  /** Said on the error output, so that it is in nobody's result. */
  readonly remark?: string;
  /** Default: ok. */
  readonly exitCode?: ExitCode;
}

/** The streams of a process. */
export interface TerminalStreams {
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Writable;
  readonly stderr: Writable;
}

export class Terminal {
  /** How the process is to end. */
  exitCode: ExitCode = EXIT.ok;

  constructor(private readonly streams: TerminalStreams) {}

  /** JSON is printed as it was answered: a program escapes for itself. */
  async answer({ text, json, remark, exitCode }: Answer, asJson: boolean): Promise<void> {
    if (remark !== undefined) this.complain(remark);
    const lines = asJson ? JSON.stringify(json, null, 2) : plainLines(text);
    if (lines !== '') await this.print(`${lines}\n`);
    this.exitCode = exitCode ?? EXIT.ok;
  }

  /** Waits where the reader is slower than the writer. */
  async print(text: string): Promise<void> {
    const { stdout } = this.streams;
    if (!stdout.write(text)) await once(stdout, 'drain');
  }

  complain(text: string): void {
    this.streams.stderr.write(`${plainLines(text)}\n`);
  }

  /** Says why a command was not done; never a stack trace. */
  fail(error: unknown): void {
    const { message } = error instanceof Error ? error : new Error(String(error));
    this.complain(`error: ${message}`);
    const remedy = error instanceof CommandError ? error.remedy : null;
    if (remedy !== null) this.complain(remedy);
    this.exitCode = error instanceof CommandError ? error.exitCode : EXIT.failed;
  }

  /**
   * Asks before something ends that cannot be had again.
   * @throws CommandUsageError where nobody can be asked, and `--yes` was not said
   * @throws CommandError where the answer is not yes
   */
  async confirm(consequence: string, isSaid: boolean | undefined): Promise<void> {
    if (isSaid === true) return;
    const { stdin, stderr } = this.streams;
    if (stdin.isTTY !== true) {
      throw new CommandUsageError(`${consequence}.`, 'Say --yes where nobody can be asked.');
    }
    const dialogue = createInterface({ input: stdin, output: stderr });
    const reply = await dialogue.question(`${plainLines(consequence)}. Go on? (yes/no) `);
    dialogue.close();
    if (reply.trim().toLowerCase() !== 'yes') throw new CommandError('nothing was done');
  }
}
