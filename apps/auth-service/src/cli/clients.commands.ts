/** `keyward clients`: registered clients, and their secrets. */
import { Injectable } from '@nestjs/common';
import { ADMIN_CLIENTS_SCOPE } from '@keyward/oauth';
import { type Command } from 'commander';
import { AdministrationConnection } from './administration.connection.js';
import {
  type ClientDescription,
  clientPath,
  withoutNull,
  withCredentials,
  writableMembers,
} from './client.description.js';
import { CommandGroup, type Options, textOption, withExamples } from './command.group.js';
import { FILE_OPTION, readMembers, SET_OPTION } from './member.input.js';
import { secondsOption, wholeNumberOption } from './number.option.js';
import { Terminal } from './terminal.js';
import { textRecord, textTable } from './text.table.js';

const SECRET_FILE = [
  '--secret-file <path>',
  'where a new secret is written (mode 0600, never over a file) instead of printed',
] as const;
const YES = ['--yes', 'do not ask'] as const;

@Injectable()
export class ClientsCommands extends CommandGroup {
  constructor(
    terminal: Terminal,
    private readonly administration: AdministrationConnection,
  ) {
    super(terminal);
  }

  addTo(program: Command): void {
    const clients = program
      .command('clients')
      .description('registered clients, and their secrets (scope admin:clients)');
    this.answers(
      clients
        .command('list')
        .description('all of them, in the order of their ids')
        .option('--limit <number>', 'so many at most', wholeNumberOption),
      (options) => this.list(options),
    );
    this.answers(
      clients.command('show').description('everything but the secret').argument('<client_id>'),
      async (_, id: string) => {
        const client = await this.find(id);
        return { text: textRecord(client), json: client };
      },
    );
    this.answers(
      withExamples(
        clients
          .command('create')
          .description('registers a client; a secret is shown once')
          .option(...FILE_OPTION)
          .option(...SET_OPTION)
          .option(...SECRET_FILE),
        'keyward clients create --set name="New shop" --set token_endpoint_auth_method=client_secret_basic \\',
        "  --set 'grant_types=[client_credentials]' --set scope=orders:read --secret-file shop.secret",
        'keyward clients create --file shop.yaml --json',
      ),
      (options) => this.create(options),
    );
    this.answers(
      withExamples(
        clients
          .command('update')
          .description('changes the members that are named; with --file all of them')
          .argument('<client_id>')
          .option(...FILE_OPTION)
          .option(...SET_OPTION)
          .option(...SECRET_FILE),
        'keyward clients update shop --set "scope=orders:read orders:write"',
      ),
      (options, id: string) => this.update(options, id),
    );
    this.answers(
      withExamples(
        clients
          .command('rotate-secret')
          .description('makes a new secret, beside which the one before is good for a while')
          .argument('<client_id>')
          .option('--overlap <seconds>', 'for how long (default: 0, not at all)', secondsOption)
          .option(...SECRET_FILE)
          .option(...YES),
        'keyward clients rotate-secret shop --overlap 3600 --secret-file shop.secret',
      ),
      (options, id: string) => this.rotateSecret(options, id),
    );
    this.answers(
      clients
        .command('disable')
        .description('lets it do nothing more, and ends all that it has')
        .argument('<client_id>')
        .option(...YES),
      (options, id: string) => this.disable(options, id),
    );
    this.answers(
      clients.command('enable').description('lets it begin anew').argument('<client_id>'),
      async (_, id: string) => {
        const client = await this.post<ClientDescription>(id, '/enable');
        return { text: `${id} is enabled`, json: client };
      },
    );
  }

  private async list({ limit }: Options) {
    const call = { scope: ADMIN_CLIENTS_SCOPE, path: '/clients', subject: 'clients' };
    const found = await this.administration.list<ClientDescription>(call, limit as number);
    const text = textTable(
      found,
      {
        client_id: (client) => client.client_id,
        name: (client) => client.name,
        authentication: (client) => client.token_endpoint_auth_method,
        grants: (client) => client.grant_types.join(' '),
        source: (client) => client.source,
        disabled: (client) => client.disabled_at,
      },
      'there are no clients',
    );
    return { text, json: found };
  }

  private async create(options: Options) {
    const json = withoutNull(await readMembers(options, {}));
    const subject = `client ${textOption(json, 'client_id') ?? ''}`.trimEnd();
    const call = { scope: ADMIN_CLIENTS_SCOPE, method: 'POST', path: '/clients', subject } as const;
    return withCredentials(
      options,
      ({ client_id: id }) => `registered ${id}`,
      () => this.administration.call<ClientDescription>({ ...call, json }),
    );
  }

  private async update(options: Options, id: string) {
    const before = options['file'] === undefined ? writableMembers(await this.find(id)) : {};
    const json = withoutNull(await readMembers(options, before));
    const call = { scope: ADMIN_CLIENTS_SCOPE, path: clientPath(id), subject: `client ${id}` };
    return withCredentials(
      options,
      () => `changed ${id}`,
      () => this.administration.call<ClientDescription>({ ...call, method: 'PUT', json }),
    );
  }

  private async rotateSecret(options: Options, id: string) {
    const overlap = (options['overlap'] as number | undefined) ?? 0;
    if (overlap === 0) {
      const consequence = `The secret that ${id} has now ends at once`;
      await this.terminal.confirm(consequence, options['yes'] === true);
    }
    return withCredentials(
      options,
      () => `${id} has a new secret`,
      () => this.post<ClientDescription>(id, '/secret', { overlap_seconds: overlap }),
    );
  }

  private async disable(options: Options, id: string) {
    const consequence = `${id} can do nothing more, and every token and grant that it has ends`;
    await this.terminal.confirm(consequence, options['yes'] === true);
    const client = await this.post<ClientDescription>(id, '/disable');
    return { text: `${id} is disabled`, json: client };
  }

  private find(id: string): Promise<ClientDescription> {
    const path = clientPath(id);
    return this.administration.call({ scope: ADMIN_CLIENTS_SCOPE, path, subject: `client ${id}` });
  }

  private post<Body>(id: string, verb: string, json?: object): Promise<Body> {
    return this.administration.call<Body>({
      scope: ADMIN_CLIENTS_SCOPE,
      method: 'POST',
      path: `${clientPath(id)}${verb}`,
      subject: `client ${id}`,
      ...(json !== undefined && { json }),
    });
  }
}
