import { PostgresDatabase } from '../storage/postgres/postgres.database.js';
import { ALICE, SECRETS } from '../testing/bootstrap.fixture.js';
import { type TestApplication } from '../testing/test-application.js';
import { formOf } from '../testing/test-browser.js';
import { TestProvider } from '../testing/test-provider.js';
import { problemOf, startWithUpstreams, UpstreamVisit } from '../testing/upstream.fixture.js';

const PASSWORD = SECRETS['PASSWORD_OF_alice'] ?? '';

describe('an account and someone at a provider with its address', () => {
  let acme: TestProvider;
  let globex: TestProvider;
  let server: TestApplication;
  let visit: UpstreamVisit;
  let people = 0;
  beforeAll(async () => {
    [acme, globex] = [await TestProvider.start(), await TestProvider.start()];
    server = await startWithUpstreams(acme, globex);
  }, 60_000);
  afterAll(async () => {
    await server.stop();
    await Promise.all([acme.stop(), globex.stop()]);
  });
  beforeEach(() => {
    people += 1;
    const person = { sub: `person-${people}`, email: 'Alice@Example.com', email_verified: true };
    acme.reset(person);
    globex.reset(person);
    visit = new UpstreamVisit(server);
  });

  const query = <T>(statement: string, parameters: unknown[] = []) =>
    server.app.get(PostgresDatabase, { strict: false }).manager.query<T[]>(statement, parameters);
  const linked = async () => {
    const rows = await query<{ account_id: string }>(
      `SELECT account_id FROM upstream_identity WHERE subject = $1`,
      [`person-${people}`],
    );
    return rows.map(({ account_id: accountId }) => accountId);
  };
  /** The page that asks, answered; then the sign-in page. */
  const decide = async (decision: string) => {
    const page = await visit.signIn(acme, 'acme');
    expect(page.html).toContain('Is this you?');
    return visit.follow(await visit.browser.submit(page, { decision }));
  };

  it('are not linked without a word of the account’s owner', async () => {
    const page = await visit.signIn(acme, 'acme');
    expect(page.html).toContain('Is this you?');
    expect(page.html).toContain('Alice@Example.com');
    expect(visit.isSignedIn).toBe(false);
    expect(await linked()).toEqual([]);
  });

  it('are linked once the owner wants it and has signed in', async () => {
    const page = await decide('connect');
    expect(page.html).toContain('is connected to your account');
    expect(page.html).toMatch(/value="alice"[^>]* readonly/);
    expect(await linked()).toEqual([]);
    const wrong = await visit.browser.submit(page, { password: 'wrong' });
    expect(problemOf(wrong)).toBe('That did not match.');
    expect(await linked()).toEqual([]);

    await visit.follow(await visit.browser.submit(wrong, { password: PASSWORD }));
    expect(await linked()).toEqual([ALICE]);
    expect(visit.isSignedIn).toBe(true);
    const [session] = await query<{ amr: string[] }>(
      `SELECT amr FROM session WHERE account_id = $1 ORDER BY authenticated_at DESC LIMIT 1`,
      [ALICE],
    );
    expect(session?.amr).toEqual(['pwd', 'fed']);

    const later = new UpstreamVisit(server);
    await later.signIn(acme, 'acme');
    expect(later.isSignedIn).toBe(true);
  });

  it('are linked so for a client without passwords, too', async () => {
    const spa = { client_id: 'spa', redirect_uri: 'https://spa.example.com/callback' };
    const asked = await visit.signIn(acme, 'acme', spa);
    const page = await visit.follow(await visit.browser.submit(asked, { decision: 'connect' }));
    await visit.follow(await visit.browser.submit(page, { password: PASSWORD }));
    expect(await linked()).toEqual([ALICE]);
  });

  it('are not linked by a sign-in after the owner said no', async () => {
    const page = await decide('decline');
    expect(page.html).not.toContain('is connected to your account');
    await visit.follow(await visit.browser.submit(page, { username: 'alice', password: PASSWORD }));
    expect(visit.isSignedIn).toBe(true);
    expect(await linked()).toEqual([]);
  });

  it('are not linked by a sign-in of somebody else', async () => {
    const page = await decide('connect');
    const { action, hidden } = formOf(page);
    const bob = { username: 'bob', password: SECRETS['PASSWORD_OF_bob'] ?? '' };
    const answer = await visit.browser.post(action, { ...hidden, ...bob });
    expect(problemOf(answer)).toBe('That did not match.');
    expect(visit.isSignedIn).toBe(false);
    expect(await linked()).toEqual([]);
  });

  it('are not linked before the second factor that the account needs', async () => {
    await query(
      `INSERT INTO account_group VALUES ('sure', 'urn:keyward:acr:mfa') ON CONFLICT DO NOTHING`,
    );
    await query(`UPDATE account SET groups = '{sure}' WHERE account_id = $1`, [ALICE]);
    try {
      // The provider's own second factor is none of the account's.
      acme.idTokenClaims = { amr: ['mfa'] };
      const page = await decide('connect');
      await visit.follow(await visit.browser.submit(page, { password: PASSWORD }));
      expect(visit.isSignedIn).toBe(false);
      expect(await linked()).toEqual([]);
    } finally {
      await query(`UPDATE account SET groups = '{}' WHERE account_id = $1`, [ALICE]);
    }
  });

  it.each([false, 'true', 1, undefined])(
    'have nothing to do with each other where email_verified is %j',
    async (verified) => {
      acme.person = { ...acme.person, email_verified: verified };
      const page = await visit.signIn(acme, 'acme');
      expect(page.html).not.toContain('Is this you?');
      const [accountId] = await linked();
      expect(accountId).not.toBe(ALICE);
      const rows = await query(`SELECT email, email_verified FROM account WHERE account_id = $1`, [
        accountId,
      ]);
      expect(rows).toEqual([{ email: null, email_verified: false }]);
    },
  );

  it('have nothing to do with each other where the provider is not believed', async () => {
    const page = await visit.signIn(globex, 'globex');
    expect(problemOf(page)).toBe('There is no account here for the one that you used.');
    expect(await linked()).toEqual([]);
  });

  it('have nothing to do with each other where the account’s own address is not verified', async () => {
    await query(`UPDATE account SET email_verified = false WHERE account_id = $1`, [ALICE]);
    try {
      await visit.signIn(acme, 'acme');
      expect(await linked()).not.toContain(ALICE);
    } finally {
      await query(`UPDATE account SET email_verified = true WHERE account_id = $1`, [ALICE]);
    }
  });
});
