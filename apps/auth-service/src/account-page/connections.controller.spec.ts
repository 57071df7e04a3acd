import { PostgresDatabase } from '../storage/postgres/postgres.database.js';
import { noticeOf, openSignedIn, follow } from '../testing/account.visit.js';
import { ALICE, BOB, bootstrapDocument } from '../testing/bootstrap.fixture.js';
import { TestApplication } from '../testing/test-application.js';
import { TestBrowser } from '../testing/test-browser.js';
import { upstreamDocument } from '../testing/upstream.fixture.js';

const PATH = '/account/sign-in-methods';
const ISSUER = 'https://login.acme.example';

describe('connected accounts on the account page', () => {
  let server: TestApplication;
  let browser: TestBrowser;
  let password: unknown;
  beforeAll(async () => {
    const bootstrap = { ...bootstrapDocument(), upstreams: [upstreamDocument('acme', ISSUER)] };
    const environment = { SECRET_AT_UPSTREAM: 'a-secret-at-an-upstream' };
    server = await TestApplication.start({ bootstrap, environment });
    const [alice] = await query('SELECT password_hash FROM account WHERE account_id = $1', [ALICE]);
    password = alice?.['password_hash'];
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    await query('DELETE FROM upstream_identity');
    await query('UPDATE account SET password_hash = $1', [password]);
    browser = new TestBrowser(server);
  });

  const query = (statement: string, parameters: unknown[] = []) =>
    server.app
      .get(PostgresDatabase, { strict: false })
      .manager.query<Record<string, unknown>[]>(statement, parameters);
  const connect = async (accountId: string, subject: string): Promise<string> => {
    const [row] = await query(
      `INSERT INTO upstream_identity (issuer, subject, account_id, label) VALUES ($1, $2, $3, $2)
       RETURNING identity_id`,
      [ISSUER, subject, accountId],
    );
    return String(row?.['identity_id']);
  };
  const left = async () => (await query('SELECT FROM upstream_identity')).length;
  const formOf = async (identityId: string) => {
    const { html } = await openSignedIn(browser, PATH);
    const [, token = ''] =
      new RegExp(`/${identityId}/removal">[^>]*value="([^"]+)"`).exec(html) ?? [];
    return { html, token };
  };
  const disconnect = (identityId: string, token: string) =>
    browser.post(`${PATH}/connections/${identityId}/removal`, { form_token: token });

  it('are listed, and disconnected', async () => {
    const id = await connect(ALICE, 'alice at acme');
    const { html, token } = await formOf(id);
    expect(html).toContain('Provider acme');
    expect(html).toContain('alice at acme');
    const page = await follow(browser, await disconnect(id, token));
    expect(noticeOf(page)).toBe('That account is not connected any more.');
    expect(page.html).not.toContain('Provider acme');
    expect(await left()).toBe(0);
  });

  it('are nobody else’s to disconnect, and not without the form of the page', async () => {
    const [own, foreign] = [await connect(ALICE, 'a'), await connect(BOB, 'b')];
    const { token } = await formOf(own);
    expect((await disconnect(foreign, token)).status).toBe(404);
    expect((await disconnect('nonsense', token)).status).toBe(404);
    expect((await disconnect(own, 'forged')).status).toBe(403);
    expect(await left()).toBe(2);
  });

  it('leave one to whoever has no password, also of two taken at once', async () => {
    const ids = [await connect(ALICE, 'a'), await connect(ALICE, 'b')];
    const { token } = await formOf(ids[0] ?? '');
    await query('UPDATE account SET password_hash = NULL WHERE account_id = $1', [ALICE]);
    const answers = await Promise.all(ids.map((id) => disconnect(id, token)));
    expect(answers.map(({ status }) => status)).toEqual([303, 303]);
    expect(await left()).toBe(1);
    const [last] = await query('SELECT identity_id FROM upstream_identity');
    const page = await follow(browser, await disconnect(String(last?.['identity_id']), token));
    expect(noticeOf(page)).toBe('That account stays connected: without it you could not sign in.');
  });

  it('do not count where their provider is not to be used any more', async () => {
    const ids = [await connect(ALICE, 'a'), await connect(ALICE, 'b')];
    const { token } = await formOf(ids[0] ?? '');
    await query('UPDATE account SET password_hash = NULL WHERE account_id = $1', [ALICE]);
    await query('UPDATE upstream SET disabled_at = now()');
    try {
      await disconnect(ids[0] ?? '', token);
      expect(await left()).toBe(2);
    } finally {
      await query('UPDATE upstream SET disabled_at = NULL');
    }
  });
});
