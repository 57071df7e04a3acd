/** `keyward grants`: what accounts allowed clients, why it ended, and the end of it. */
import { Injectable } from '@nestjs/common';
import { ADMIN_SESSIONS_SCOPE } from '@keyward/oauth';
import { type Command } from 'commander';
import { AdministrationConnection } from './administration.connection.js';
import { CommandError, CommandUsageError } from './command.error.js';
import { CommandGroup, type Options, withExamples } from './command.group.js';
import { endings } from './ending.commands.js';
import { localHistory } from './local.history.js';
import { wholeNumberOption } from './number.option.js';
import { remoteHistory } from './remote.history.js';
import { Terminal } from './terminal.js';
import { textTable } from './text.table.js';

/** As the administration API answers them. */
interface GrantDescription {
  readonly grant_id: string;
  readonly account_id: string;
  readonly client_id: string;
  readonly sid: string;
  readonly scope: string;
  readonly created_at: string;
  readonly expires_at: string;
  readonly revoked_at?: string;
  readonly reason?: string;
  readonly by?: string;
}

@Injectable()
export class GrantsCommands extends CommandGroup {
  constructor(
    terminal: Terminal,
    private readonly administration: AdministrationConnection,
  ) {
    super(terminal);
  }

  addTo(program: Command): void {
    const grants = program
      .command('grants')
      .description('what accounts allowed clients (scope admin:sessions)')
      .option('--local', 'explain from the record itself, with the environment of the server');
    this.answers(
      grants
        .command('list')
        .description('what is in force of an account, a client, or one at the other')
        .option('--account <account_id>', 'whose')
        .option('--client <client_id>', 'at which client')
        .option('--all', 'ended ones, too')
        .option('--limit <number>', 'so many at most', wholeNumberOption),
      (options) => this.list(options),
    );
    const ending = {
      verb: 'revoke',
      argument: 'grant_id',
      description: 'ends one grant, with its refresh and access tokens',
      path: (id: string) => `/grants/${id}/revoke`,
      subject: 'grant',
      consequence: 'with every token of it',
    };
    this.answers(...endings(grants, ending, this.terminal, this.administration));
    this.answers(
      withExamples(
        grants
          .command('explain')
          .description('why somebody was logged out (scope admin:audit)')
          .argument('<reference>', 'of an error_description or the log, or the id of a grant'),
        'keyward grants explain 01a200a9-c8ca-7000-95f2-500aabbbe701',
      ),
      ({ local }, reference: string) =>
        local === true ? explainLocally(reference) : remoteHistory(this.administration, reference),
    );
  }

  private async list({ account, client, all, limit }: Options) {
    if (account === undefined && client === undefined) {
      throw new CommandUsageError('--account or --client says whose grants');
    }
    const query = {
      ...(account !== undefined && { account_id: String(account) }),
      ...(client !== undefined && { client_id: String(client) }),
      ...(all === true && { status: 'all' }),
    };
    const call = { scope: ADMIN_SESSIONS_SCOPE, path: '/grants', query, subject: 'the search' };
    const found = await this.administration.list<GrantDescription>(call, limit as number);
    const text = textTable(
      found,
      {
        grant_id: (grant) => grant.grant_id,
        account: (grant) => grant.account_id,
        client: (grant) => grant.client_id,
        scope: (grant) => grant.scope,
        since: (grant) => grant.created_at,
        until: (grant) => grant.revoked_at ?? grant.expires_at,
        ended: (grant) =>
          grant.revoked_at === undefined ? null : `${grant.reason ?? ''} by ${grant.by ?? ''}`,
      },
      'there are none',
    );
    return { text, json: found };
  }
}

async function explainLocally(reference: string) {
  const explained = await localHistory(reference);
  if (explained !== null) return explained;
  throw new CommandError(
    'nothing is recorded under it: it was purged, or is not of this server',
    'Events are written within a second; after AUTH_AUDIT_RETENTION_DAYS they are gone.',
  );
}
