/** Clients as the administration API describes them, and as they are described to it. */
import { open, rm } from 'node:fs/promises';
import { CommandUsageError } from './command.error.js';
import { type Options, textOption } from './command.group.js';
import { type Answer } from './terminal.js';
import { textRecord } from './text.table.js';

/** What the API answers, as far as it is looked into here. */
export interface ClientDescription extends Readonly<Record<string, unknown>> {
  readonly client_id: string;
  readonly name: string;
  readonly token_endpoint_auth_method: string;
  readonly grant_types: readonly string[];
  readonly source: string;
  readonly disabled_at?: string;
  readonly client_secret?: string;
}

/** What the server says of a client, and nobody else. */
const READ_ONLY = [
  'source',
  'previous_secret_until',
  'disabled_at',
  'created_at',
  'updated_at',
  'client_secret',
];

export function clientPath(clientId: string): string {
  return `/clients/${encodeURIComponent(clientId)}`;
}

/** What can be written again of what was read. */
export function writableMembers(
  client: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  return Object.fromEntries(Object.entries(client).filter(([name]) => !READ_ONLY.includes(name)));
}

/** What a client is not said to have: `null` takes a member away, and is none to the API. */
export function withoutNull(members: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== null));
}

/**
 * Does what may make a secret: it is shown this once, or written to a file of its own. The file is made
 * first, so that no secret is made that there is no place for.
 *
 * @param done what is said of it
 * @throws CommandUsageError where the file is there already, or cannot be made
 */
export async function withCredentials(
  options: Options,
  done: (client: ClientDescription) => string,
  work: () => Promise<ClientDescription>,
): Promise<Answer> {
  const path = textOption(options, 'secretFile');
  if (path === undefined) {
    const client = await work();
    const { client_id, client_secret } = client;
    if (client_secret === undefined) return { text: done(client), json: client };
    const text = `${done(client)}\n${textRecord({ client_id, client_secret })}`;
    return { text, json: client, remark: 'The secret is shown this once, and kept nowhere.' };
  }
  const file = await open(path, 'wx', 0o600).catch((error: unknown) => {
    throw new CommandUsageError(`--secret-file cannot be made: ${(error as Error).message}`);
  });
  let isWritten = false;
  try {
    const { client_secret: secret, ...client } = await work();
    if (secret === undefined) return { text: done(client), json: client };
    await file.writeFile(`${secret}\n`);
    isWritten = true;
    return { text: `${done(client)}: its secret is in ${path}`, json: client };
  } finally {
    await file.close();
    if (!isWritten) await rm(path);
  }
}
