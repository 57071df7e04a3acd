import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { decodeProtectedHeader } from 'jose';
import { KeyRing } from '../keys/key.ring.js';
import { makeKeyPair } from '../keys/signature.js';
import { PostgresDatabase } from '../storage/postgres/postgres.database.js';
import { ChildProgram } from '../storage/testing/child-program.js';
import { createTestDatabase, type TestDatabase } from '../storage/testing/test-database.js';
import { SHARED_KEY, TestApplication } from '../testing/test-application.js';

// Each command is a process that loads the sources.
const TIMEOUT_MS = 240_000;
const PASSPHRASE = 'battery staple';

describe('keyward keys --local', () => {
  let database: TestDatabase;
  let directory: string;
  let server: TestApplication;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'keyward-keys-'));
    database = await createTestDatabase();
    server = await TestApplication.start({ database, environment: SHARED_KEY });
  });
  afterAll(async () => {
    await server.stop();
    await database.drop();
    await rm(directory, { recursive: true });
  });

  async function keys(...args: string[]) {
    const program = ChildProgram.start(
      `const [node, settings, ...args] = process.argv;
       Object.assign(process.env, JSON.parse(settings));
       process.argv = [node, 'keyward', 'keys', '--local', ...args];
       await import('./src/cli.ts');`,
      JSON.stringify({
        ...SHARED_KEY,
        DATABASE_URL: database.url,
        KEYWARD_KEY_PASSPHRASE: PASSPHRASE,
      }),
      ...args,
    );
    const { code, lines } = await program.ended();
    return { code, out: lines.join('\n'), error: program.errorOutput };
  }
  async function fileOf(algorithm: 'ES256' | 'RS256'): Promise<string> {
    const { privateKey } = await makeKeyPair(algorithm);
    const path = join(directory, `${algorithm}.pem`);
    const encrypted = { cipher: 'aes-256-cbc', passphrase: PASSPHRASE };
    await writeFile(path, privateKey.export({ format: 'pem', type: 'pkcs8', ...encrypted }));
    return path;
  }
  const events = async (type: string) =>
    (await server.app
      .get(PostgresDatabase, { strict: false })
      .manager.query(
        `SELECT outcome, detail FROM audit_event WHERE type = '${type}' ORDER BY reference`,
      )) as { outcome: string; detail: Record<string, unknown> }[];

  it(
    'shows, rotates, imports and revokes keys of a server that runs, and is audited',
    async () => {
      const ring = server.app.get(KeyRing, { strict: false });
      const { kid: first } = await ring.signingKey();
      const listed = await keys('list');
      expect(listed).toMatchObject({ code: 0, error: '' });
      expect(listed.out).toMatch(/^kid +algorithm +status +signs from +signs until +held by$/m);
      expect(listed.out).toMatch(new RegExp(`^${first} +ES256 +active .* row$`, 'm'));

      const imported = await keys('import', await fileOf('ES256'));
      expect(imported).toMatchObject({ code: 0, error: '' });
      const [, kid = ''] =
        /^imported ([\w-]{43}): it is published, and signs from /.exec(imported.out) ?? [];
      await ring.refresh();
      expect(ring.verificationKey(kid)?.status).toBe('pending');

      const legacy = await fileOf('RS256');
      const until = new Date(Date.now() + 1e8).toISOString();
      expect((await keys('import', legacy)).error).toMatch(/--alg/);
      const old = await keys(
        ...['import', legacy, '--alg', 'RS256', '--kid', 'legacy-1', '--verify-only-until', until],
      );
      expect(old.out).toBe(`imported legacy-1: it is published until ${until}, and never signs`);

      expect((await keys('rotate')).out).toMatch(/^the standby takes over at \d{4}-/);
      expect((await keys('rotate', '--alg', 'PS256')).error).toMatch(/nothing is signed by PS256/);

      expect(await keys('revoke', first, '--yes', '--reason', 'stolen')).toMatchObject({
        code: 0,
        error: '',
      });
      for (const end = Date.now() + 20_000; Date.now() < end; await sleep(100)) {
        if (ring.verificationKey(first) === undefined) break;
      }
      expect(ring.verificationKey(first)).toBeUndefined();
      const { access_token: token } = await server.token('shop');
      expect(decodeProtectedHeader(token).kid).not.toBe(first);

      expect(await events('key.imported')).toEqual([
        {
          outcome: 'success',
          detail: { by: 'operator', kid, algorithm: 'ES256', purpose: 'sign' },
        },
        {
          outcome: 'success',
          detail: { by: 'operator', kid: 'legacy-1', algorithm: 'RS256', purpose: 'verify' },
        },
      ]);
      expect(await events('key.rotated')).toMatchObject([{ detail: { by: 'operator' } }]);
      expect(await events('key.revoked')).toEqual([
        { outcome: 'success', detail: { by: 'operator', kid: first } },
      ]);
      expect((await events('key.activated')).at(0)?.detail).toMatchObject({ by: 'schedule' });
    },
    TIMEOUT_MS,
  );

  it(
    'says what is wrong, and explains itself',
    async () => {
      const unknown = await keys('revoke', 'unknown', '--yes');
      const error = 'error: there is no key unknown\nA list shows what there is.\n';
      expect(unknown).toMatchObject({ code: 1, error });
      const unasked = await keys('revoke', 'unknown');
      expect(unasked).toMatchObject({ code: 2, error: expect.stringContaining('Say --yes') });
      const usage = { code: 2, out: '', error: expect.stringMatching(/too many arguments/) };
      expect(await keys('list', 'all')).toMatchObject(usage);
    },
    TIMEOUT_MS,
  );
});
