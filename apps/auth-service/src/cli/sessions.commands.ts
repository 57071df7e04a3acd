/** `keyward sessions`: where an account is signed in, and the end of it. */
import { Injectable } from '@nestjs/common';
import { ADMIN_SESSIONS_SCOPE } from '@keyward/oauth';
import { type Command } from 'commander';
import { AdministrationConnection } from './administration.connection.js';
import { CommandGroup, type Options, withExamples } from './command.group.js';
import { endings, type Ending } from './ending.commands.js';
import { Terminal } from './terminal.js';
import { textTable } from './text.table.js';

/** As the administration API answers them. */
interface SessionDescription {
  readonly sid: string;
  readonly authenticated_at: string;
  readonly last_used_at: string;
  readonly address: string | null;
  readonly user_agent: string | null;
}

const ENDINGS: readonly Ending[] = [
  {
    verb: 'revoke',
    argument: 'sid',
    description: 'ends one session, with the grants that came of it',
    path: (sid) => `/sessions/${sid}/revoke`,
    subject: 'session',
    consequence: 'with every grant and token that came of it',
  },
  {
    verb: 'revoke-all',
    argument: 'account_id',
    description: 'ends every session and grant of an account',
    path: (accountId) => `/accounts/${accountId}/revoke`,
    subject: 'account',
    consequence: 'in every session and grant that it has',
  },
];

@Injectable()
export class SessionsCommands extends CommandGroup {
  constructor(
    terminal: Terminal,
    private readonly administration: AdministrationConnection,
  ) {
    super(terminal);
  }

  addTo(program: Command): void {
    const sessions = program
      .command('sessions')
      .description('where an account is signed in (scope admin:sessions)');
    this.answers(
      withExamples(
        sessions
          .command('list')
          .description('the live sessions of an account')
          .requiredOption('--account <account_id>', 'whose'),
        'keyward sessions list --account 3f0e8d2a-5b1c-4e6f-8a7d-9c2b1e0f4a6d',
      ),
      (options) => this.list(options),
    );
    for (const ending of ENDINGS) {
      this.answers(...endings(sessions, ending, this.terminal, this.administration));
    }
  }

  private async list({ account }: Options) {
    const { sessions: found } = await this.administration.call<{ sessions: SessionDescription[] }>({
      scope: ADMIN_SESSIONS_SCOPE,
      path: `/accounts/${encodeURIComponent(String(account))}/sessions`,
      subject: `account ${String(account)}`,
    });
    const text = textTable(
      found,
      {
        sid: (session) => session.sid,
        'signed in': (session) => session.authenticated_at,
        'last used': (session) => session.last_used_at,
        address: (session) => session.address,
        browser: (session) => session.user_agent,
      },
      'the account is signed in nowhere',
    );
    return { text, json: found };
  }
}
