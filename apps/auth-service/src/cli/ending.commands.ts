/** Commands that end something at once: they ask first, take a reason, and may be repeated. */
import { ADMIN_SESSIONS_SCOPE } from '@keyward/oauth';
import { type Command } from 'commander';
import { type AdministrationConnection } from './administration.connection.js';
import { type Options } from './command.group.js';
import { type Answer, type Terminal } from './terminal.js';

/** One such verb. */
export interface Ending {
  readonly verb: string;
  readonly argument: string;
  readonly description: string;
  /** Of an id that is encoded already. */
  readonly path: (id: string) => string;
  readonly subject: string;
  /** Said before it is done. */
  readonly consequence: string;
}

/** The command, and its work. */
export function endings(
  noun: Command,
  { verb, argument, description, path, subject, consequence }: Ending,
  terminal: Terminal,
  administration: AdministrationConnection,
): [Command, (options: Options, id: string) => Promise<Answer>] {
  const command = noun
    .command(verb)
    .description(description)
    .argument(`<${argument}>`)
    .option('--reason <text>', 'for the audit record, and for clients that are told')
    .option('--yes', 'do not ask');
  const work = async ({ reason, yes }: Options, id: string) => {
    await terminal.confirm(`This ends ${subject} ${id}, ${consequence}`, yes === true);
    await administration.call({
      scope: ADMIN_SESSIONS_SCOPE,
      method: 'POST',
      path: path(encodeURIComponent(id)),
      json: typeof reason === 'string' ? { reason } : {},
      subject: `${subject} ${id}`,
    });
    return { text: `ended ${subject} ${id}`, json: { revoked: id } };
  };
  return [command, work];
}
