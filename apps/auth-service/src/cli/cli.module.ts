/** The command line: its nouns, and what they share. No server is in it, and nothing is opened by itself. */
import { Module } from '@nestjs/common';
import { AdministrationConnection } from './administration.connection.js';
import { administrationSettings } from './administration.settings.js';
import { ApplyCommand } from './apply/apply.command.js';
import { AuditCommands } from './audit.commands.js';
import { ClientsCommands } from './clients.commands.js';
import { type CommandGroup } from './command.group.js';
import { COMMAND_GROUPS } from './command.groups.js';
import { GrantsCommands } from './grants.commands.js';
import { KeysCommands } from './keys.commands.js';
import { KeywardProgram } from './keyward.program.js';
import { ResourcesCommands } from './resources.commands.js';
import { SessionsCommands } from './sessions.commands.js';
import { StoreCommands } from './store.commands.js';
import { Terminal } from './terminal.js';
import { UsersCommands } from './users.commands.js';
import { Users } from './users.js';

const GROUPS = [
  ClientsCommands,
  ResourcesCommands,
  UsersCommands,
  SessionsCommands,
  GrantsCommands,
  KeysCommands,
  AuditCommands,
  ApplyCommand,
  StoreCommands,
];

@Module({
  providers: [
    { provide: Terminal, useFactory: () => new Terminal(process) },
    {
      provide: AdministrationConnection,
      useFactory: () => new AdministrationConnection(() => administrationSettings(process.env)),
    },
    Users,
    ...GROUPS,
    {
      provide: COMMAND_GROUPS,
      inject: GROUPS,
      useFactory: (...groups: CommandGroup[]) => groups,
    },
    KeywardProgram,
  ],
})
export class CliModule {}
