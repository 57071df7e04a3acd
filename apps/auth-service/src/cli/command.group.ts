/** Port: the commands for one noun; `keyward <noun> <verb>`. */
import { type Command } from 'commander';
import { type Answer, type Terminal } from './terminal.js';

/** Options that a verb has; commander has checked their shape. */
export type Options = Readonly<Record<string, unknown>>;

/** Adds its commands to the program. A group holds no connection before a command of it runs. */
export abstract class CommandGroup {
  constructor(protected readonly terminal: Terminal) {}

  abstract addTo(program: Command): void;

  /**
   * Lets a command print what `work` answers, as a text or with `--json`.
   * @param work what the command does; its last argument has the options, those of the noun included
   */
  protected answers<Arguments extends string[]>(
    command: Command,
    work: (options: Options, ...args: Arguments) => Promise<Answer>,
  ): void {
    command.option('--json', 'print JSON, for programs').action(async () => {
      const options = command.optsWithGlobals<Options>();
      const answer = await work(options, ...(command.args as Arguments));
      await this.terminal.answer(answer, options['json'] === true);
    });
  }
}

/** An option that is a text, or was not given. */
export function textOption(options: Options, name: string): string | undefined {
  const value = options[name];
  return typeof value === 'string' ? value : undefined;
}

/** Examples below a command's help. */
export function withExamples(command: Command, ...lines: readonly string[]): Command {
  return command.addHelpText(
    'after',
    `\nExamples:\n${lines.map((line) => `  ${line}`).join('\n')}`,
  );
}
