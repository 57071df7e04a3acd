import { Client } from 'pg';
import { RevocationService } from '../revocation/revocation.service.js';
import { ChildProgram } from '../storage/testing/child-program.js';
import { describeWithRedis } from '../storage/testing/describe-with-redis.js';
import { createTestDatabase, type TestDatabase } from '../storage/testing/test-database.js';
import { ALICE } from '../testing/bootstrap.fixture.js';
import { CodeFlow } from '../testing/code-flow.js';
import { basic, SHARED_KEY, TestApplication } from '../testing/test-application.js';
import { ORIGIN } from '../testing/request-origin.fixture.js';

interface Tokens {
  readonly access_token: string;
  readonly refresh_token: string;
}

// Three applications start in turn, and the program itself runs as a process.
const TIMEOUT_MS = 120_000;

describeWithRedis('restore-fence', (redis) => {
  const environment = {
    ...SHARED_KEY,
    AUTH_REFRESH_TOKEN_KEYS: `1:${Buffer.alloc(32, 9).toString('base64url')}`,
  };
  let original: TestDatabase;
  let restored: TestDatabase;
  let server: TestApplication;
  let backupTakenAt: string;

  beforeAll(async () => {
    original = await createTestDatabase();
    restored = await createTestDatabase();
  });
  afterAll(async () => {
    await original.drop();
    await restored.drop();
  });

  async function runOn(database: TestDatabase, work: () => Promise<void>): Promise<void> {
    server = await TestApplication.start({ database, redis: redis(), environment });
    try {
      await work();
    } finally {
      await server.stop();
    }
  }
  /** What a dump of the original and its restore amount to; nobody may be connected to either. */
  async function restore(): Promise<void> {
    const [source, target] = [original, restored].map(({ url }) => new URL(url).pathname.slice(1));
    await restored.drop();
    const client = new Client({ connectionString: process.env['DATABASE_URL'] });
    await client.connect();
    await client.query(`CREATE DATABASE ${target} TEMPLATE ${source}`);
    await client.end();
  }
  const fence = (...args: string[]) => {
    const { url, keyPrefix } = redis();
    return ChildProgram.start(
      `const [node, databaseUrl, redisUrl, keyPrefix, ...args] = process.argv;
       process.env.DATABASE_URL = databaseUrl;
       process.env.REDIS_URL = redisUrl;
       process.env.REDIS_KEY_PREFIX = keyPrefix;
       process.argv = [node, 'keyward', 'restore-fence', ...args];
       await import('./src/cli.ts');`,
      ...[restored.url, url, keyPrefix, ...args],
    );
  };
  const run = async (...args: string[]) => {
    const program = fence(...args);
    const { code, lines } = await program.ended();
    return { code, text: [...lines, program.errorOutput].join('\n') };
  };
  const signIn = async (): Promise<{ flow: CodeFlow; tokens: Tokens }> => {
    const flow = new CodeFlow(server);
    const code = await flow.code({ scope: 'openid offline_access', prompt: 'consent' });
    return { flow, tokens: (await (await flow.redeem(code)).json()) as Tokens };
  };
  /** What is left of a sign-in: whether refreshing, introspection and the browser's session answer. */
  async function lives({ flow, tokens }: { flow: CodeFlow; tokens: Tokens }) {
    const { refresh_token, access_token: token } = tokens;
    const form = { grant_type: 'refresh_token', refresh_token };
    const refreshed = await server.post('/oauth2/token', form, basic('web'));
    const introspected = await server.post('/oauth2/introspect', { token }, basic('web'));
    const browser = new CodeFlow(server).browser;
    for (const [name, value] of flow.browser.cookies) browser.cookies.set(name, value);
    const silent = await browser.get(
      `/oauth2/authorize?${flow.query({ scope: 'openid', prompt: 'none' })}`,
    );
    return [
      refreshed.status === 200,
      ((await introspected.json()) as { active: boolean }).active,
      new URL(silent.location ?? '').searchParams.has('code'),
    ];
  }
  const ALIVE = [true, true, true];
  const OVER = [false, false, false];

  it(
    'lets nothing live again that a restore would revive, and nothing that it never knew',
    async () => {
      let revoked!: Awaited<ReturnType<typeof signIn>>;
      let untouched!: Awaited<ReturnType<typeof signIn>>;
      let later!: Awaited<ReturnType<typeof signIn>>;
      await runOn(original, async () => {
        [revoked, untouched] = [await signIn(), await signIn()];
        expect(await lives(revoked)).toEqual(ALIVE);
      });
      await restore();
      backupTakenAt = new Date().toISOString();
      await runOn(original, async () => {
        await server.app
          .get(RevocationService, { strict: false })
          .revokeSubject(ALICE, { reason: 'reported_stolen', by: 'operator' }, ORIGIN);
        expect(await lives(revoked)).toEqual(OVER);
        later = await signIn();
      });

      expect(await run('--backup-taken-at', backupTakenAt)).toEqual({
        code: 0,
        text: expect.stringContaining('would end 2 session(s), 2 grant(s), all access tokens'),
      });
      await runOn(restored, async () => {
        // This is what the fence is for: the grant was revoked, and the restored data does not know.
        const grants = await query('SELECT 1 FROM oauth_grant WHERE revoked_at IS NULL');
        expect(grants).toHaveLength(2);
        expect(await run('--backup-taken-at', backupTakenAt, '--yes')).toEqual({
          code: 1,
          text: expect.stringContaining('stop every replica first'),
        });
      });

      const done = await run('--backup-taken-at', backupTakenAt, '--yes');
      expect(done).toEqual({
        code: 0,
        text: expect.stringContaining('ended 2 session(s), 2 grant(s)'),
      });
      expect(await run('--backup-taken-at', backupTakenAt, '--yes')).toEqual({
        code: 0,
        text: expect.stringContaining('ended 0 session(s), 0 grant(s)'),
      });

      await runOn(restored, async () => {
        for (const one of [revoked, untouched, later]) expect(await lives(one)).toEqual(OVER);
        // Tokens are told apart by the second in which they were issued.
        await new Promise((resolve) => setTimeout(resolve, 1100));
        expect(await lives(await signIn())).toEqual(ALIVE);
        const [position] = await query<{ last: string }>('SELECT last FROM revocation_position');
        expect(Number(position?.last)).toBeGreaterThan(2_000_000_000);
        const unsent = await query('SELECT 1 FROM revocation WHERE position IS NULL');
        expect(unsent).toEqual([]);
      });
      expect(await run('--backup-taken-at', backupTakenAt, '--yes')).toEqual({
        code: 1,
        text: expect.stringContaining('people have signed in since the restore'),
      });
    },
    TIMEOUT_MS,
  );

  it.each([
    ['no time', []],
    ['a time that is none', ['--backup-taken-at', 'yesterday']],
    ['a time to come', ['--backup-taken-at', '2999-01-01T00:00:00Z']],
    ['what it does not know', ['--backup-taken-at', '2025-01-01T00:00:00Z', '--force']],
  ])('does nothing when it is given %s', async (_, args) => {
    expect(await run(...args)).toEqual({
      code: 2,
      text: expect.stringMatching(/^error: .*(--backup-taken-at|--force)/m),
    });
  });

  async function query<T extends object>(statement: string): Promise<readonly T[]> {
    const client = new Client({ connectionString: restored.url });
    await client.connect();
    const { rows } = await client.query<T>(statement);
    await client.end();
    return rows;
  }
});
