/** What `keyward apply` would do: compares the file with the server, and changes nothing. */
import { ADMIN_CLIENTS_SCOPE } from '@keyward/oauth';
import { needsSecret } from '../../client-registration/client-metadata.schema.js';
import { type AdministrationConnection } from '../administration.connection.js';
import { type ClientDescription, writableMembers } from '../client.description.js';
import { CommandError } from '../command.error.js';
import { type WantedClient } from './declared.clients.js';
import { type MemberDifference, memberDifference } from './member.difference.js';

/** One client of the file. */
export interface PlannedClient {
  readonly wanted: WantedClient;
  readonly action: 'create' | 'update' | 'none';
  readonly changes: MemberDifference;
  /** Whether the server will make it a secret, which is told once. */
  readonly getsSecret: boolean;
}

/**
 * Reads every client once, so that one call tells of clients that were added meanwhile.
 * @throws CommandError where the bootstrap file declares one that would change, or this program is older
 *   than the server: it would take away what it does not know
 */
export async function planClients(
  administration: AdministrationConnection,
  wanted: readonly WantedClient[],
): Promise<readonly PlannedClient[]> {
  const call = { scope: ADMIN_CLIENTS_SCOPE, path: '/clients', subject: 'clients' };
  const found = await administration.list<ClientDescription>(call);
  const known = new Map(found.map((client) => [client.client_id, client]));
  const planned = wanted.map((client) => plan(client, known.get(client.client_id)));
  const foreign = planned.filter(
    ({ action, wanted: { client_id: id } }) =>
      action === 'update' && known.get(id)?.source === 'file',
  );
  if (foreign.length > 0) {
    const ids = foreign.map(({ wanted: { client_id: id } }) => id).join(', ');
    throw new CommandError(
      `the bootstrap file of the server declares ${ids}, in another way`,
      'Change them there, or take them out of one of the two files. Nothing was done.',
    );
  }
  return planned;
}

function plan(wanted: WantedClient, found: ClientDescription | undefined): PlannedClient {
  const wants = needsSecret(wanted.token_endpoint_auth_method);
  if (found === undefined) {
    return { wanted, action: 'create', changes: memberDifference({}, wanted), getsSecret: wants };
  }
  const changes = memberDifference(writableMembers(found), wanted);
  const action = Object.keys(changes).length === 0 ? 'none' : 'update';
  const had = needsSecret(
    found.token_endpoint_auth_method as WantedClient['token_endpoint_auth_method'],
  );
  return { wanted, action, changes, getsSecret: wants && !had };
}
