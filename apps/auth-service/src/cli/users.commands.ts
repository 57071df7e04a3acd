/** `keyward users`: people, and what they sign in by. */
import { Injectable } from '@nestjs/common';
import { type Command, Option } from 'commander';
import { CommandGroup, type Options, textOption, withExamples } from './command.group.js';
import { FILE_OPTION, readMembers, SET_OPTION } from './member.input.js';
import { wholeNumberOption } from './number.option.js';
import { Terminal } from './terminal.js';
import { textRecord, textTable } from './text.table.js';
import { type UserDescription, Users } from './users.js';

const YES = ['--yes', 'do not ask'] as const;
const REASON = ['--reason <text>', 'for the audit record'] as const;
const WHO = ['<user>', 'an account_id or a username'] as const;
const LINK = 'how the link reaches the person by which they choose a password';

@Injectable()
export class UsersCommands extends CommandGroup {
  constructor(
    terminal: Terminal,
    private readonly users: Users,
  ) {
    super(terminal);
  }

  addTo(program: Command): void {
    const users = program
      .command('users')
      .description('people, and what they sign in by (scope admin:users)');
    this.answers(
      withExamples(
        users
          .command('list')
          .description('in the order of their usernames, disabled and erased ones included')
          .option('--username <prefix>', 'whose username begins like this')
          .option('--email <prefix>', 'whose e-mail address begins like this')
          .addOption(new Option('--status <status>').choices(['enabled', 'disabled', 'erased']))
          .option('--limit <number>', 'so many at most', wholeNumberOption),
        'keyward users list --email alice@ --status enabled',
      ),
      (options) => this.list(options),
    );
    this.answers(
      users
        .command('show')
        .description('with factors, providers and how much is signed in; never a secret')
        .argument(...WHO),
      async (_, who: string) => {
        const user = await this.users.find(who);
        return { text: textRecord(user), json: user };
      },
    );
    this.answers(
      withExamples(
        users
          .command('create')
          .description('with a password (by --file), a link to choose one, or neither')
          .option(...FILE_OPTION)
          .option(...SET_OPTION),
        'keyward users create --set username=carol --set email=carol@example.com --set password_link=mail',
      ),
      async (options) => made(await this.users.create(await readMembers(options, {}))),
    );
    this.answers(
      users
        .command('update')
        .description('changes the members that are named; null takes one away')
        .argument(...WHO)
        .option(...FILE_OPTION)
        .option(...SET_OPTION),
      async (options, who: string) => {
        const user = await this.users.change(who, await readMembers(options, {}));
        return { text: `changed ${user.username}`, json: user };
      },
    );
    this.addStates(users);
    this.addCredentials(users);
  }

  private addStates(users: Command): void {
    this.answers(
      users
        .command('disable')
        .description('ends every session and grant, and lets nobody in')
        .argument(...WHO)
        .option(...REASON)
        .option(...YES),
      async ({ yes, reason }, who: string) => {
        await this.terminal.confirm(
          `${who} is signed out everywhere, and not let in`,
          yes === true,
        );
        const user = await this.users.state(who, 'disable', reason);
        return { text: `${user.username} is disabled`, json: user };
      },
    );
    this.answers(
      users
        .command('enable')
        .description('lets them sign in again')
        .argument(...WHO),
      async (_, who: string) => {
        const user = await this.users.state(who, 'enable');
        return { text: `${user.username} is enabled`, json: user };
      },
    );
    this.answers(
      users
        .command('erase')
        .description('forgets everything that a person is known by; it cannot be undone')
        .argument(...WHO)
        .option(...REASON)
        .option(...YES),
      async ({ yes, reason }, who: string) => {
        await this.terminal.confirm(`${who} is forgotten for ever`, yes === true);
        const user = await this.users.state(who, 'erase', reason);
        return { text: `${user.account_id} is erased`, json: user };
      },
    );
  }

  private addCredentials(users: Command): void {
    this.answers(
      users
        .command('require-password')
        .description('makes the present password worthless, and ends what is signed in')
        .argument(...WHO)
        .addOption(new Option('--link <way>', LINK).choices(['mail', 'response']).default('mail'))
        .option(...YES),
      async ({ yes, link }, who: string) => {
        await this.terminal.confirm(
          `The password of ${who} is good for nothing more`,
          yes === true,
        );
        const json = await this.users.requirePassword(who, String(link));
        const text = `${who} must choose another password`;
        return { ...withLink(text, json), json };
      },
    );
    this.answers(
      users
        .command('remove-factors')
        .description(
          'takes second factors away, of a phone that is lost, say: all, or the one named',
        )
        .argument(...WHO)
        .option('--factor <factor_id>', 'this one alone')
        .option(...YES),
      async (options, who: string) => {
        const consequence = `${who} loses what they sign in by beside the password`;
        await this.terminal.confirm(consequence, options['yes'] === true);
        const removed = await this.users.removeFactors(who, textOption(options, 'factor'));
        return { text: `removed ${removed} factor(s) of ${who}`, json: { removed } };
      },
    );
    this.answers(
      users
        .command('unlock')
        .description('forgets wrong passwords and codes')
        .argument(...WHO),
      async (_, who: string) => {
        await this.users.unlock(who);
        return { text: `${who} may try again`, json: { unlocked: who } };
      },
    );
  }

  private async list(options: Options) {
    const found = await this.users.list(options);
    const text = textTable(
      found,
      {
        account_id: (user) => user.account_id,
        username: (user) => user.username,
        name: (user) => user.name,
        email: (user) => user.email,
        status: (user) => user.status,
        source: (user) => user.source,
      },
      'there is nobody',
    );
    return { text, json: found };
  }
}

function made(user: UserDescription & { readonly password_link?: string | null }) {
  return { ...withLink(`registered ${user.username} as ${user.account_id}`, user), json: user };
}

function withLink(text: string, { password_link: link }: { password_link?: string | null }) {
  if (link === undefined || link === null) return { text };
  return {
    text: `${text}\n${link}`,
    remark: 'The link is shown this once: whoever has it signs in.',
  };
}
