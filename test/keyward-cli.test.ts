/** The command line against a real server: what it prints, how it ends, and what it never prints. */
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestDatabase, type TestDatabase } from '@keyward/auth-service/testing';
import { type AppProcess } from './support/app-process.js';
import { startAuthService } from './support/auth-service.js';
import { freeLoopbackPort } from './support/free-loopback-port.js';
import { runKeyward } from './support/keyward-command.js';

// Each command is a process, on a machine that may have other work.
const TIMEOUT_MS = 240_000;
const SECRET = `kws_${randomBytes(32).toString('base64url')}`;
const MADE_SECRET = /kws_[\w-]{43}/;
const SCOPES = ['admin:audit', 'admin:clients', 'admin:keys', 'admin:sessions', 'admin:users'];
const OWNER = '3f0e8d2a-5b1c-4e6f-8a7d-9c2b1e0f4a6d';
const SHOP = `
client_id: shop
name: Shop
token_endpoint_auth_method: client_secret_basic
grant_types: [client_credentials]
scope: orders:read
`;

/** What only the file of `apply` says. */
const REPORTS = `resources:
  - { identifier: https://reports.example.com, name: Reports, scopes: [reports:read] }
`;

function adminClient(id: string, scope: string) {
  return {
    client_id: id,
    name: `Client ${id}`,
    token_endpoint_auth_method: 'client_secret_basic',
    client_secret: { env: 'ADMIN_SECRET' },
    grant_types: ['client_credentials'],
    scope,
  };
}

describe('keyward', () => {
  let directory: string;
  let database: TestDatabase;
  let server: AppProcess;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'keyward-cli-'));
    database = await createTestDatabase();
    const port = await freeLoopbackPort();
    const admin = `http://127.0.0.1:${port}/admin`;
    const bootstrap = {
      resources: [
        { identifier: admin, name: 'Administration', scopes: SCOPES },
        {
          identifier: 'https://orders.example.com',
          name: 'Orders',
          scopes: ['orders:read', 'orders:write'],
        },
      ],
      clients: [adminClient('operator', SCOPES.join(' ')), adminClient('reader', 'admin:audit')],
      accounts: [{ account_id: OWNER, username: 'alice', password: { env: 'ADMIN_SECRET' } }],
    };
    await writeFile(join(directory, 'bootstrap.json'), JSON.stringify(bootstrap));
    server = await startAuthService(
      {
        AUTH_PORT: String(port),
        AUTH_BOOTSTRAP_FILE: join(directory, 'bootstrap.json'),
        KEYWARD_DATA_DIR: directory,
        DATABASE_URL: database.url,
        ADMIN_SECRET: SECRET,
      },
      TIMEOUT_MS,
    );
  }, TIMEOUT_MS);
  afterAll(async () => {
    await server.stop();
    await database.drop();
    await rm(directory, { recursive: true });
  });

  const environment = (clientId = 'operator') => ({
    KEYWARD_ISSUER: server.url,
    KEYWARD_CLIENT_ID: clientId,
    KEYWARD_CLIENT_SECRET: SECRET,
  });
  async function keyward(args: readonly string[], input?: string) {
    const outcome = await runKeyward(environment(), args, input);
    expect(outcome.out + outcome.error).not.toContain(SECRET);
    return outcome;
  }
  async function json<T>(...args: string[]): Promise<T> {
    const { code, out, error } = await keyward([...args, '--json']);
    expect({ code, error }).toEqual({ code: 0, error: '' });
    return JSON.parse(out) as T;
  }

  it(
    'registers, shows, changes and disables a client, and each change is audited with who',
    async () => {
      const made = await keyward(['clients', 'create', '--file', '-'], SHOP);
      expect(made).toMatchObject({
        code: 0,
        out: expect.stringMatching(/^registered shop\nclient_id {6}shop\nclient_secret {2}kws_/),
        error: 'The secret is shown this once, and kept nowhere.\n',
      });
      const listed = await keyward(['clients', 'list']);
      expect(listed.out).toBe(
        [
          'client_id  name             authentication       grants              source  disabled',
          'operator   Client operator  client_secret_basic  client_credentials  file    -',
          'reader     Client reader    client_secret_basic  client_credentials  file    -',
          'shop       Shop             client_secret_basic  client_credentials  api     -',
          '',
        ].join('\n'),
      );
      const changed = await keyward([
        ...['clients', 'update', 'shop', '--set', 'scope=orders:read orders:write'],
        ...['--set', 'name=Shop\u001b[2J'],
      ]);
      expect(changed).toMatchObject({ code: 0, out: 'changed shop\n', error: '' });
      const shown = await keyward(['clients', 'show', 'shop']);
      expect(shown.out).toMatch(/^scope +orders:read orders:write$/m);
      expect(shown.out).toMatch(/^name +Shop\?\[2J$/m);
      expect(shown.out).not.toContain('\u001b');
      const [known] = (await json<Record<string, unknown>[]>('clients', 'list')).slice(-1);
      expect(known).toMatchObject({ client_id: 'shop', name: 'Shop\u001b[2J', source: 'api' });

      const file = join(directory, 'shop.secret');
      const rotated = await keyward([
        ...['clients', 'rotate-secret', 'shop', '--overlap', '60', '--secret-file', file],
      ]);
      expect(rotated).toMatchObject({
        code: 0,
        out: `shop has a new secret: its secret is in ${file}\n`,
      });
      expect(await readFile(file, 'utf8')).toMatch(/^kws_[\w-]{43}\n$/);
      expect((await stat(file)).mode & 0o777).toBe(0o600);
      const twice = await keyward([
        'clients',
        'rotate-secret',
        'shop',
        '--overlap',
        '60',
        '--secret-file',
        file,
      ]);
      expect(twice).toMatchObject({ code: 2, error: expect.stringContaining('EEXIST') });

      const unasked = await keyward(['clients', 'disable', 'shop']);
      expect(unasked).toMatchObject({ code: 2, error: expect.stringContaining('Say --yes') });
      expect(await keyward(['clients', 'disable', 'shop', '--yes'])).toMatchObject({
        code: 0,
        out: 'shop is disabled\n',
      });
      const events = async () =>
        (
          await json<{ type: string; detail: object }[]>('audit', 'search', '--client', 'shop')
        ).filter(({ type }) => type.startsWith('client.'));
      for (const end = Date.now() + 20_000; (await events()).length < 4;) {
        if (Date.now() > end) throw new Error('the changes are not audited');
      }
      expect(await events()).toMatchObject(
        ['client.disabled', 'client.secret_rotated', 'client.changed', 'client.registered'].map(
          (type) => ({ type, detail: { by: 'client operator' } }),
        ),
      );
      const exported = await keyward([
        'audit',
        'export',
        '--client',
        'shop',
        '--type',
        'client.changed',
      ]);
      const lines = exported.out.trimEnd().split('\n');
      expect(lines.map((line) => JSON.parse(line).type)).toEqual(['client.changed']);
      expect(JSON.stringify(await events()) + exported.out).not.toMatch(MADE_SECRET);
    },
    TIMEOUT_MS,
  );

  it(
    'lists and rotates signing keys, and says where an account is signed in',
    async () => {
      const keys = await json<{ kid: string; status: string }[]>('keys', 'list');
      expect(keys.map(({ status }) => status)).toContain('active');
      expect((await keyward(['keys', 'list'])).out).toMatch(
        /^kid +algorithm +status +signs from +signs until +held by\n/,
      );
      const rotated = await json<{ takes_over_at: string }>('keys', 'rotate');
      expect(Date.parse(rotated.takes_over_at)).not.toBeNaN();
      expect(await json('sessions', 'list', '--account', OWNER)).toEqual([]);
      const grants = await keyward(['grants', 'list', '--account', OWNER]);
      expect(grants).toEqual({ code: 0, out: 'there are none\n', error: '' });
      const [event] = await json<{ reference: string }[]>('audit', 'search', '--limit', '1');
      const explained = await keyward(['grants', 'explain', event?.reference ?? '']);
      expect(explained).toMatchObject({
        code: 0,
        out: expect.stringMatching(/^the reference names\n/),
      });
    },
    TIMEOUT_MS,
  );

  it(
    'registers a person, changes and disables them, by username',
    async () => {
      const carol = ['username=carol', 'email=carol@example.com', 'password_link=response'];
      const made = await keyward(['users', 'create', ...carol.flatMap((set) => ['--set', set])]);
      expect(made).toMatchObject({
        code: 0,
        out: expect.stringMatching(/^registered carol as [\da-f-]{36}\nhttp:\/\/127/),
        error: expect.stringContaining('shown this once'),
      });
      const listed = await keyward(['users', 'list', '--username', 'c']);
      expect(listed.out).toMatch(
        /^account_id +username +name +email +status +source\n[\da-f-]{36} +carol +- +carol@example.com +enabled +api\n$/,
      );
      await json('users', 'update', 'carol', '--set', 'name=Carol');
      await json('users', 'disable', 'carol', '--reason', 'left', '--yes');
      expect(await json('users', 'show', 'carol')).toMatchObject({
        name: 'Carol',
        status: 'disabled',
        factors: [],
      });
    },
    TIMEOUT_MS,
  );

  it(
    'applies clients from a file: shows the difference first, changes that alone, and then nothing',
    async () => {
      const file = join(directory, 'clients.yaml');
      const secrets = ['--secrets-directory', directory];
      const client = (id: string, more: string) =>
        `  - { client_id: ${id}, name: ${id}, token_endpoint_auth_method: client_secret_basic, grant_types: [client_credentials], ${more} }\n`;
      await writeFile(
        file,
        `${REPORTS}clients:\n${client('one', 'scope: reports:read')}${client('two', 'scope: orders:read')}`,
      );
      const before = await json<object[]>('clients', 'list');
      const dry = await keyward(['apply', file, '--dry-run']);
      expect(dry).toMatchObject({ code: 3, error: '' });
      expect(dry.out).toMatch(/^resource https:\/\/reports\.example\.com: to be registered\n/);
      expect(dry.out).toMatch(/^client one: to be registered\n/m);
      expect(dry.out).toContain('  + scope: "orders:read"\n');
      expect(dry.out).toMatch(/\n3 to be registered, 0 as wanted\n$/);
      expect(await json('clients', 'list')).toEqual(before);
      const unsafe = await keyward(['apply', file]);
      expect(unsafe).toMatchObject({
        code: 2,
        error: expect.stringContaining('Say --secrets-directory'),
      });

      const applied = await keyward(['apply', file, ...secrets]);
      expect(applied).toMatchObject({ code: 0, error: '' });
      expect(applied.out).toMatch(/\n3 registered, 0 as wanted\n$/);
      expect(applied.out).not.toMatch(MADE_SECRET);
      expect(await readFile(join(directory, 'one.secret'), 'utf8')).toMatch(/^kws_[\w-]{43}\n$/);
      const again = await keyward(['apply', file]);
      expect(again).toEqual({ code: 0, out: '3 as wanted\n', error: '' });

      await writeFile(
        file,
        `clients:\n${client('one', 'scope: orders:read orders:write')}${client('two', 'scope: "x:y"')}${client('three', 'scope: orders:read')}`,
      );
      const stopped = await keyward(['apply', file, ...secrets, '--json']);
      expect(stopped).toMatchObject({
        code: 1,
        error: expect.stringMatching(
          /no resource offers x:y[^]*Stopped at client two\. What was done stays/,
        ),
      });
      expect(JSON.parse(stopped.out)).toMatchObject({
        clients: [
          {
            client_id: 'one',
            outcome: 'done',
            changes: { scope: { before: 'reports:read', after: 'orders:read orders:write' } },
          },
          { client_id: 'two', outcome: 'failed' },
          { client_id: 'three', outcome: 'not_tried' },
        ],
      });
      await expect(stat(join(directory, 'three.secret'))).rejects.toThrow('ENOENT');
      const foreign = await keyward(
        ['apply', '-', '--dry-run'],
        `clients:\n${client('reader', 'scope: ""')}`,
      );
      expect(foreign).toMatchObject({ code: 1, error: expect.stringContaining('declares reader') });
    },
    TIMEOUT_MS,
  );

  it.each([
    [
      'a client that is not there',
      ['clients', 'show', 'nobody'],
      'error: there is no client nobody\n',
    ],
    [
      'an account that is not there',
      ['sessions', 'list', '--account', randomUUID()],
      'there is no account',
    ],
    ['a grant that is not there', ['grants', 'revoke', randomUUID(), '--yes'], 'there is no grant'],
    [
      'a key that is not there',
      ['keys', 'revoke', '../clients', '--yes'],
      'there is no key ../clients',
    ],
    [
      'a scope that nobody offers',
      [
        'clients',
        'create',
        '--set',
        'name=x',
        '--set',
        'scope=x:y',
        '--set',
        'grant_types=[client_credentials]',
        '--set',
        'token_endpoint_auth_method=client_secret_basic',
      ],
      'no resource offers x:y',
    ],
    [
      'a client of the bootstrap file',
      ['clients', 'update', 'reader', '--set', 'name=x'],
      'change it there',
    ],
    ['a malformed time', ['audit', 'search', '--since', 'yesterday'], 'since must be a time'],
  ])(
    'says what is wrong with %s',
    async (_what, args, why) => {
      const { code, out, error } = await keyward(args);
      expect({ code, out, error }).toEqual({
        code: 1,
        out: '',
        error: expect.stringContaining(why),
      });
      expect(error).not.toMatch(/^ +at /m);
    },
    TIMEOUT_MS,
  );

  it.each([
    [
      'the client lacks the scope',
      { KEYWARD_CLIENT_ID: 'reader' },
      'client reader may not have admin:clients',
    ],
    [
      'the secret is another',
      { KEYWARD_CLIENT_SECRET: 'kws_wrong' },
      'does not let client operator in',
    ],
    [
      'the server is down',
      { KEYWARD_ISSUER: 'http://127.0.0.1:2' },
      'cannot be used: connect ECONNREFUSED',
    ],
  ])(
    'fails and says what to do where %s',
    async (_what, other, why) => {
      const outcome = await runKeyward({ ...environment(), ...other }, ['clients', 'list']);
      expect(outcome).toEqual({ code: 1, out: '', error: expect.stringContaining(why) });
      // What to do stands in a line of its own.
      expect(outcome.error.trimEnd().split('\n')).toHaveLength(2);
      expect(outcome.error).not.toContain('kws_');
    },
    TIMEOUT_MS,
  );
});
