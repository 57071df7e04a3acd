/** `keyward audit`: what was decided and changed, by whom. */
import { Injectable } from '@nestjs/common';
import { ADMIN_AUDIT_SCOPE } from '@keyward/oauth';
import { type Command } from 'commander';
import { AdministrationConnection } from './administration.connection.js';
import { CommandGroup, type Options, textOption, withExamples } from './command.group.js';
import { wholeNumberOption } from './number.option.js';
import { Terminal } from './terminal.js';
import { textTable } from './text.table.js';

/** As the administration API answers them. */
interface AuditEventDescription {
  readonly reference: string;
  readonly occurred_at: string;
  readonly type: string;
  readonly outcome: string;
  readonly reason?: string;
  readonly account_id?: string;
  readonly client_id?: string;
  readonly detail?: Readonly<Record<string, unknown>>;
}

const DEFAULT_LIMIT = 50;
const PAGE = 1000;

/** Options, and the parameter that each is. */
const FILTERS: Readonly<Record<string, readonly [flags: string, description: string]>> = {
  type: ['--type <type>', 'such as client.changed or refresh.reused'],
  account_id: ['--account <account_id>', 'of an account'],
  client_id: ['--client <client_id>', 'of a client'],
  grant_id: ['--grant <grant_id>', 'of a grant'],
  sid: ['--session <sid>', 'of a session'],
  reference: ['--reference <reference>', 'the one event of a reference'],
  since: ['--since <time>', 'from then on, such as 2026-01-31T12:00:00Z'],
  until: ['--until <time>', 'before then'],
};

@Injectable()
export class AuditCommands extends CommandGroup {
  constructor(
    terminal: Terminal,
    private readonly administration: AdministrationConnection,
  ) {
    super(terminal);
  }

  addTo(program: Command): void {
    const audit = program
      .command('audit')
      .description('what was decided and changed, by whom (scope admin:audit)');
    const search = audit
      .command('search')
      .description('events, the newest first')
      .option('--limit <number>', `so many at most (default: ${DEFAULT_LIMIT})`, wholeNumberOption);
    this.answers(
      withExamples(filtered(search), 'keyward audit search --type client.changed --client shop'),
      (options) => this.search(options),
    );
    const exported = audit
      .command('export')
      .description('every event that is found, one a line as JSON, the newest first');
    withExamples(
      filtered(exported),
      'keyward audit export --since 2026-01-01 --until 2026-02-01 > january.ndjson',
    ).action(() => this.export(exported.opts()));
  }

  private async search(options: Options) {
    const limit = (options['limit'] as number | undefined) ?? DEFAULT_LIMIT;
    const call = callOf(options, Math.min(limit, PAGE));
    const found = await this.administration.list<AuditEventDescription>(call, limit);
    const text = textTable(
      found,
      {
        at: (event) => event.occurred_at,
        type: (event) => event.type,
        outcome: (event) => event.outcome,
        account: (event) => event.account_id,
        client: (event) => event.client_id,
        reference: (event) => event.reference,
        detail: (event) =>
          [event.reason, ...Object.entries(event.detail ?? {}).map(([k, v]) => `${k}=${String(v)}`)]
            .filter((word) => word !== undefined)
            .join(' '),
      },
      'nothing is recorded that fits',
    );
    return { text, json: found };
  }

  /** By pages, so that it may take as long as it takes; who gets an exit code of 0 has everything. */
  private async export(options: Options): Promise<void> {
    for await (const page of this.administration.pages<object>(callOf(options, PAGE))) {
      await this.terminal.print(page.map((event) => `${JSON.stringify(event)}\n`).join(''));
    }
  }
}

function filtered(command: Command): Command {
  return Object.values(FILTERS).reduce((to, [flags, said]) => to.option(flags, said), command);
}

function callOf(options: Options, limit: number) {
  const filters = Object.entries(FILTERS).map(([parameter, [flags]]) => {
    const [, name = ''] = /^--(\w+) /.exec(flags) ?? [];
    return [parameter, textOption(options, name)] as const;
  });
  const query = { ...Object.fromEntries(filters), limit: String(limit) };
  return { scope: ADMIN_AUDIT_SCOPE, path: '/audit', query, subject: 'the search' };
}
