/** `keyward resources`: what tokens can be for, and with which scopes; `keyward apply` changes it. */
import { Injectable } from '@nestjs/common';
import { ADMIN_CLIENTS_SCOPE } from '@keyward/oauth';
import { type Command } from 'commander';
import { AdministrationConnection } from './administration.connection.js';
import { CommandGroup } from './command.group.js';
import { Terminal } from './terminal.js';
import { textTable } from './text.table.js';

/** As the administration API answers them. */
interface ResourceDescription {
  readonly identifier: string;
  readonly name: string;
  readonly scopes: readonly string[];
  readonly source: string;
}

@Injectable()
export class ResourcesCommands extends CommandGroup {
  constructor(
    terminal: Terminal,
    private readonly administration: AdministrationConnection,
  ) {
    super(terminal);
  }

  addTo(program: Command): void {
    const resources = program
      .command('resources')
      .description('what tokens can be for; apply changes it (scope admin:clients)');
    this.answers(
      resources.command('list').description('all of them, with their scopes'),
      async () => {
        const call = { scope: ADMIN_CLIENTS_SCOPE, path: '/resources', subject: 'resources' };
        const found = await this.administration.list<ResourceDescription>(call);
        const text = textTable(
          found,
          {
            identifier: (resource) => resource.identifier,
            name: (resource) => resource.name,
            scopes: (resource) => resource.scopes.join(' '),
            source: (resource) => resource.source,
          },
          'there are no resources',
        );
        return { text, json: found };
      },
    );
  }
}
