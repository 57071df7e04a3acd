/** What `keyward apply` would do: compares the file with the server, and changes nothing. */
import { ADMIN_CLIENTS_SCOPE } from '@keyward/oauth';
import { type ResourceDocument } from '../../bootstrap/bootstrap.schema.js';
import { needsSecret } from '../../client-registration/client-metadata.schema.js';
import {
  type AdministrationCall,
  type AdministrationConnection,
} from '../administration.connection.js';
import { type ClientDescription, clientPath, writableMembers } from '../client.description.js';
import { CommandError } from '../command.error.js';
import { type Declarations, type WantedClient } from './declaration.file.js';
import { type MemberDifference, memberDifference } from './member.difference.js';

/** One client or resource of the file. */
export interface Planned {
  readonly kind: 'resource' | 'client';
  readonly id: string;
  readonly action: 'create' | 'update' | 'none';
  readonly changes: MemberDifference;
  /** How it is written. */
  readonly call: AdministrationCall;
  /** Whether the server will make it a secret, which is told once. */
  readonly getsSecret: boolean;
  /** Whether the bootstrap file of the server declares it. */
  readonly isDeclared: boolean;
}

/**
 * Resources first: a client may name what they offer.
 * @throws CommandError where the bootstrap file declares one that would change
 */
export async function plan(
  administration: AdministrationConnection,
  { resources, clients }: Declarations,
): Promise<readonly Planned[]> {
  const all = <Item>(path: string) =>
    administration.list<Item>({ scope: ADMIN_CLIENTS_SCOPE, path, subject: 'the list' });
  const known = await all<ClientDescription>('/clients');
  // A file without them is good for a server that has no such list yet.
  const offered = resources.length === 0 ? [] : await all<ResourceDescription>('/resources');
  const planned = [
    ...resources.map((wanted) =>
      planResource(
        wanted,
        offered.find(({ identifier }) => identifier === wanted.identifier),
      ),
    ),
    ...clients.map((wanted) =>
      planClient(
        wanted,
        known.find(({ client_id: id }) => id === wanted.client_id),
      ),
    ),
  ];
  const foreign = planned.filter(({ action, isDeclared }) => action === 'update' && isDeclared);
  if (foreign.length === 0) return planned;
  throw new CommandError(
    `the bootstrap file of the server declares ${foreign.map(({ id }) => id).join(', ')}, in another way`,
    'Change them there, or take them out of one of the two files. Nothing was done.',
  );
}

type ResourceDescription = ResourceDocument & { readonly source: string };

function planResource(wanted: ResourceDocument, found: ResourceDescription | undefined): Planned {
  const { source, ...before } = found ?? { source: 'api' };
  const { identifier: id } = wanted;
  return {
    ...{ kind: 'resource', id },
    ...comparison(found && before, { ...wanted }),
    call: {
      ...{ scope: ADMIN_CLIENTS_SCOPE, method: 'PUT', path: '/resources', json: wanted },
      subject: `resource ${id}`,
    },
    getsSecret: false,
    isDeclared: source === 'file',
  };
}

function planClient(wanted: WantedClient, found: ClientDescription | undefined): Planned {
  const { client_id: id, token_endpoint_auth_method: method } = wanted;
  const had = found?.token_endpoint_auth_method as typeof method | undefined;
  const to =
    found === undefined
      ? { method: 'POST' as const, path: '/clients' }
      : { method: 'PUT' as const, path: clientPath(id) };
  return {
    ...{ kind: 'client', id },
    ...comparison(found && writableMembers(found), wanted),
    call: { scope: ADMIN_CLIENTS_SCOPE, ...to, json: wanted, subject: `client ${id}` },
    getsSecret: needsSecret(method) && (had === undefined || !needsSecret(had)),
    isDeclared: found?.source === 'file',
  };
}

/** What is not there has no side before. */
function comparison(
  before: Readonly<Record<string, unknown>> | undefined,
  after: Readonly<Record<string, unknown>>,
): Pick<Planned, 'action' | 'changes'> {
  const changes = memberDifference(before ?? {}, after);
  if (before === undefined) return { action: 'create', changes };
  return { action: Object.keys(changes).length === 0 ? 'none' : 'update', changes };
}
