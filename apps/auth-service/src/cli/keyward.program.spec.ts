import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import fc from 'fast-check';
import { AdministrationConnection } from './administration.connection.js';
import { administrationSettings } from './administration.settings.js';
import { ApplyCommand } from './apply/apply.command.js';
import { AuditCommands } from './audit.commands.js';
import { ClientsCommands } from './clients.commands.js';
import { GrantsCommands } from './grants.commands.js';
import { KeysCommands } from './keys.commands.js';
import { KeywardProgram } from './keyward.program.js';
import { SessionsCommands } from './sessions.commands.js';
import { StoreCommands } from './store.commands.js';
import { Terminal } from './terminal.js';
import { UsersCommands } from './users.commands.js';
import { Users } from './users.js';

/** Runs it in this process; `environment` is all that it knows of a server. */
async function run(args: readonly string[], environment: NodeJS.ProcessEnv = {}) {
  const streams = {
    stdin: new PassThrough(),
    stdout: new PassThrough(),
    stderr: new PassThrough(),
  };
  const terminal = new Terminal(streams);
  const administration = new AdministrationConnection(() => administrationSettings(environment));
  const groups = [
    new ClientsCommands(terminal, administration),
    new UsersCommands(terminal, new Users(administration)),
    new SessionsCommands(terminal, administration),
    new GrantsCommands(terminal, administration),
    new KeysCommands(terminal, administration),
    new AuditCommands(terminal, administration),
    new ApplyCommand(terminal, administration),
    new StoreCommands(terminal),
  ];
  const [out, error, code] = await Promise.all([
    text(streams.stdout),
    text(streams.stderr),
    new KeywardProgram(terminal, groups).run(args).finally(() => {
      streams.stdout.end();
      streams.stderr.end();
    }),
  ]);
  return { code, out, error };
}

const SETTINGS = {
  KEYWARD_ISSUER: 'https://login.example.com',
  KEYWARD_CLIENT_ID: 'operator',
  KEYWARD_CLIENT_SECRET: 'a-secret',
};

describe('KeywardProgram', () => {
  it('explains itself on the output, with examples and exit codes', async () => {
    const help = await run(['--help']);
    expect(help).toMatchObject({ code: 0, error: '' });
    expect(help.out).toMatch(/Exit codes: 0 done, 1 failed, 2 not understood, 3 changes/);
    expect((await run(['clients', 'create', '--help'])).out).toContain('Examples:\n  keyward');
  });

  it.each([
    ['no command', [], 'Usage: keyward'],
    ['an unknown noun', ['client', 'list'], "unknown command 'client'"],
    ['an unknown verb', ['clients', 'lst'], "unknown command 'lst'"],
    ['an unknown option', ['clients', 'list', '--all'], "unknown option '--all'"],
    ['a missing argument', ['clients', 'show'], "missing required argument 'client_id'"],
    ['too many arguments', ['clients', 'show', 'a', 'b'], 'too many arguments'],
    ['a limit that is none', ['clients', 'list', '--limit', '-1'], 'whole number'],
    ['an algorithm that is none', ['keys', 'rotate', '--alg', 'none'], 'must be one of'],
    ['a key on the argument list', ['keys', 'import', 'a', 'b'], 'too many arguments'],
    ['a time that is none', ['keys', 'import', 'f', '--verify-only-until', 'soon'], 'ISO 8601'],
    ['nothing to register', ['clients', 'create'], 'nothing is said of it'],
    ['a member that is none', ['clients', 'create', '--set', 'kws_x'], '--set takes member=value'],
    ['a file that is not there', ['clients', 'create', '--file', '/nowhere'], 'cannot be read'],
    [
      'a secret among the arguments',
      ['users', 'create', '--set', 'password=x'],
      'say it by --file -',
    ],
    ['nobody to look for', ['grants', 'list'], '--account or --client'],
    ['an end without --yes', ['keys', 'revoke', 'k'], 'Say --yes'],
  ])('ends with 2 for %s', async (_what, args, why) => {
    const { code, out, error } = await run(args, SETTINGS);
    expect({ code, out, error }).toEqual({ code: 2, out: '', error: expect.stringContaining(why) });
  });

  it('takes what it is given for what it is: no argument breaks it, or is run', async () => {
    const words = [
      'clients',
      'users',
      'sessions',
      'keys',
      'audit',
      'list',
      'show',
      'revoke',
      'search',
    ];
    const word = fc.oneof(fc.constantFrom(...words, '--', '--json', '--set', '-h'), fc.string());
    await fc.assert(
      fc.asyncProperty(fc.array(word, { maxLength: 5 }), async (args) => {
        // Without settings nothing can be reached: whatever is understood stops there.
        const { code, error } = await run(args);
        expect([0, 2]).toContain(code);
        expect(error).not.toMatch(/^ +at /m);
        expect(error).not.toContain('\u001b');
      }),
      { numRuns: 200 },
    );
  });
});

describe('administrationSettings', () => {
  it.each([
    [
      'nothing',
      {},
      /KEYWARD_ISSUER is not set; KEYWARD_CLIENT_ID is not set; KEYWARD_CLIENT_SECRET is not set/,
    ],
    [
      'an issuer in the clear',
      { ...SETTINGS, KEYWARD_ISSUER: 'http://login.example.com' },
      /must be https/,
    ],
    ['an issuer that is no URL', { ...SETTINGS, KEYWARD_ISSUER: 'login' }, /must be a URL/],
    [
      'a secret in two places',
      { ...SETTINGS, KEYWARD_CLIENT_SECRET_FILE: '/x' },
      /exclude each other/,
    ],
    [
      'an issuer of another protocol',
      { ...SETTINGS, KEYWARD_ISSUER: 'file:///x' },
      /must be https/,
    ],
  ])('says what is wrong with %s, and no secret', (_what, environment, why) => {
    const read = () => administrationSettings(environment);
    expect(read).toThrow(why);
    expect(read).not.toThrow('a-secret');
  });
});
