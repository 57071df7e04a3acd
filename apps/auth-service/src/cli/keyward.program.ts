/** The command `keyward`: reads the arguments, does what they say, and tells how the process is to end. */
import { Inject, Injectable } from '@nestjs/common';
import { Command, CommanderError } from 'commander';
import { type CommandGroup } from './command.group.js';
import { COMMAND_GROUPS } from './command.groups.js';
import { EXIT, type ExitCode } from './exit.code.js';
import { Terminal } from './terminal.js';

const EPILOGUE = `
Administration goes through the server, as a client of it: KEYWARD_ISSUER, KEYWARD_CLIENT_ID and
KEYWARD_CLIENT_SECRET (or KEYWARD_CLIENT_SECRET_FILE). migrate, doctor, restore-fence, keys import and
whatever is said with --local work on the stores, with the environment of the server.

Exit codes: 0 done, 1 failed, 2 not understood, 3 changes are pending (apply --dry-run).`;

@Injectable()
export class KeywardProgram {
  constructor(
    private readonly terminal: Terminal,
    @Inject(COMMAND_GROUPS) private readonly groups: readonly CommandGroup[],
  ) {}

  /** Never throws: whatever happens is said on the error output, and in the code. */
  async run(args: readonly string[]): Promise<ExitCode> {
    const { terminal } = this;
    try {
      await this.program().parseAsync(args, { from: 'user' });
    } catch (error) {
      if (!(error instanceof CommanderError)) terminal.fail(error);
      // Commander has said it already.
      else terminal.exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    }
    return terminal.exitCode;
  }

  private program(): Command {
    const program = new Command('keyward')
      .description('Operates a Keyward authorization server.')
      .exitOverride()
      .configureHelp({ showGlobalOptions: true })
      .configureOutput({
        writeOut: (text) => void this.terminal.print(text),
        writeErr: (text) => this.terminal.complain(text.trimEnd()),
      })
      .showHelpAfterError('(--help explains it)')
      .addHelpText('after', EPILOGUE);
    for (const group of this.groups) group.addTo(program);
    return program;
  }
}
