import { jest } from '@jest/globals';
import { ROOM_FOR_ONE } from '../factor/factor.store.js';
import { FRESH_SECONDS } from '../factor/factor.service.js';
import { codeOf, stepAt } from '../factor/totp.js';
import { TotpEnrolments } from '../factor/totp.enrolment.js';
import { SessionClock } from '../session/session.clock.js';
import { PostgresDatabase } from '../storage/postgres/postgres.database.js';
import { follow, headingOf, openSignedIn } from '../testing/account.visit.js';
import { ALICE, BOB } from '../testing/bootstrap.fixture.js';
import { TestApplication } from '../testing/test-application.js';
import { TestBrowser } from '../testing/test-browser.js';

const FRESH_PATH = '/account/password';

describe('the way in to the account pages', () => {
  let server: TestApplication;
  beforeAll(async () => {
    server = await TestApplication.start();
  });
  afterAll(() => server.stop());
  afterEach(() => jest.restoreAllMocks());

  /** A browser whose sign-in was so long ago. */
  const signedInBefore = async (seconds: number, username: 'alice' | 'bob' = 'alice') => {
    const browser = new TestBrowser(server);
    const then = new Date(Date.now() - seconds * 1000);
    const clock = server.app.get(SessionClock, { strict: false });
    const turned = jest.spyOn(clock, 'now').mockReturnValue(then);
    await openSignedIn(browser, '/account', username);
    turned.mockRestore();
    return browser;
  };

  it('leads through sign-in, and back to the page that was wanted', async () => {
    const browser = new TestBrowser(server);
    const asked = await browser.get('/account/places');
    expect([asked.status, asked.location]).toEqual([
      303,
      expect.stringMatching(/^\/interaction\/[\w-]{22}\/sign-in$/),
    ]);
    const page = await openSignedIn(browser, '/account/places');
    expect([page.status, headingOf(page)]).toEqual([200, 'Signed-in places']);
    expect((await browser.get('/account')).status).toBe(200);
  });

  it('grants nothing to anybody on that way', async () => {
    const { manager } = server.app.get(PostgresDatabase, { strict: false });
    await openSignedIn(new TestBrowser(server), '/account');
    expect(await manager.query('SELECT count(*)::int FROM oauth_grant')).toEqual([{ count: 0 }]);
  });

  it('asks nobody to allow anything on that way, not even who looks for the page', async () => {
    const browser = await signedInBefore(FRESH_SECONDS + 1);
    const id = (await browser.get(FRESH_PATH)).location?.split('/')[2] ?? '';
    const path = `/interaction/${id}/consent`;
    for (const answer of [
      await browser.get(path),
      await browser.post(path, { decision: 'allow' }),
    ]) {
      expect([answer.status, answer.location]).toEqual([303, `/oauth2/authorize/${id}`]);
    }
  });

  it('is closed to an account that was disabled since', async () => {
    const { manager } = server.app.get(PostgresDatabase, { strict: false });
    const browser = await signedInBefore(0, 'bob');
    const disable = (value: string) =>
      manager.query(`UPDATE account SET disabled_at = ${value} WHERE account_id = $1`, [BOB]);
    await disable('now()');
    expect((await browser.get('/account')).location).toMatch(/sign-in$/);
    await disable('NULL');
  });

  it('goes on for another browser with nothing that one browser began', async () => {
    const asked = await new TestBrowser(server).get('/account');
    const id = asked.location?.split('/')[2] ?? '';
    const other = new TestBrowser(server);
    expect((await other.get(asked.location ?? '')).status).toBe(404);
    expect((await other.get(`/oauth2/authorize/${id}`)).location).toBeNull();
  });

  describe('to what a thief of a session must not do', () => {
    it('is open to who has just signed in', async () => {
      const browser = await signedInBefore(FRESH_SECONDS - 60);
      expect((await browser.get(FRESH_PATH)).status).toBe(200);
    });

    it('asks who signed in longer ago to do so again, as the same person, and leads back', async () => {
      const browser = await signedInBefore(FRESH_SECONDS + 1);
      expect((await browser.get('/account')).status).toBe(200);
      const asked = await follow(browser, await browser.get(FRESH_PATH));
      expect(asked.html).toMatch(/name="username" type="text" value="alice" [^>]*readonly/);
      const page = await openSignedIn(browser, FRESH_PATH);
      expect(headingOf(page)).toBe('Password');
    });

    it('does nothing of what was posted before that', async () => {
      const browser = await signedInBefore(FRESH_SECONDS + 1);
      const answer = await browser.post(FRESH_PATH, {});
      expect(answer.location).toMatch(/sign-in$/);
    });
  });

  it('asks for the factor of whoever has one, and for it alone where that is all that is missing', async () => {
    const browser = await signedInBefore(0);
    const enrolments = server.app.get(TotpEnrolments, { strict: false });
    const { enrolmentId, secret } = await enrolments.begin(ALICE);
    const code = (ahead: number) => codeOf(secret, stepAt(Date.now()) + ahead);
    const factor = {
      ...{ accountId: ALICE, enrolmentId, name: 'App' },
      ...{ mostBefore: ROOM_FOR_ONE, basis: { signInEpoch: 0, sid: null } },
    };
    expect(await enrolments.confirm(factor, code(0))).not.toBeNull();

    const asked = await follow(browser, await browser.get(FRESH_PATH));
    expect(asked.path).toMatch(/^\/interaction\/[\w-]{22}\/factor$/);
    const answer = await browser.submit(asked, { code: code(1) });
    expect(headingOf(await follow(browser, answer))).toBe('Password');

    const other = new TestBrowser(server);
    expect(headingOf(await openSignedIn(other, '/account'))).toBe('Confirm that it is you');
    expect(other.cookies.has('__Host-keyward-session')).toBe(false);
  });
});
