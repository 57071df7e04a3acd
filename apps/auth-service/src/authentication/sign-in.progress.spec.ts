import { jest } from '@jest/globals';
import { AccountStore } from '../account/account.store.js';
import { PasswordHasher } from '../account/password.hasher.js';
import { codeOf, stepAt } from '../factor/totp.js';
import { enrolmentPath, factorPath, signInPath } from '../interaction/interaction.paths.js';
import { SignInBrake } from '../limits/sign-in.brake.js';
import { SessionRevocation } from '../session/session.revocation.js';
import { PostgresDatabase } from '../storage/postgres/postgres.database.js';
import { beginInteraction } from '../testing/begin-interaction.js';
import { ALICE, SECRETS } from '../testing/bootstrap.fixture.js';
import { ORIGIN } from '../testing/request-origin.fixture.js';
import { TestApplication } from '../testing/test-application.js';
import { TestBrowser } from '../testing/test-browser.js';
import { secretOf } from '../testing/totp.page.js';
import { MFA_ACR } from './acr.js';

const PASSWORD = SECRETS['PASSWORD_OF_alice'] ?? '';
const NEW_PASSWORD = 'seven quiet lanterns';
const CAUSE = { reason: 'password_reset', by: 'a test' };

describe('a sign-in under way', () => {
  let server: TestApplication;
  beforeEach(async () => {
    server = await TestApplication.start();
  });
  afterEach(() => server.stop());

  const query = <T>(statement: string) =>
    server.app.get(PostgresDatabase, { strict: false }).manager.query<T[]>(statement);
  const live = () => query('SELECT 1 FROM session WHERE ended_at IS NULL');

  async function replacePassword(): Promise<void> {
    const found = await server.app.get(AccountStore, { strict: false }).findByUsername('alice');
    const to = await server.app.get(PasswordHasher, { strict: false }).hash(NEW_PASSWORD);
    const hashes = { from: found?.passwordHash ?? '', to };
    const revocation = server.app.get(SessionRevocation, { strict: false });
    expect(await revocation.replacePassword(ALICE, hashes, CAUSE, ORIGIN)).toBe(true);
  }
  const revokeSubject = () =>
    server.app.get(SessionRevocation, { strict: false }).revokeSubject(ALICE, CAUSE, ORIGIN);
  const typePassword = async (browser: TestBrowser, id: string, password = PASSWORD) =>
    browser.submit(await browser.get(signInPath(id)), { username: 'alice', password });

  it.each([
    ['a new password', replacePassword],
    ['a revocation of the person', revokeSubject],
  ])(
    'leaves no session after %s, in whichever order they come',
    async (_, end) => {
      const brake = server.app.get(SignInBrake, { strict: false });
      jest.spyOn(brake, 'attempt').mockResolvedValue({ allowed: true });
      const pages = await Promise.all(
        Array.from({ length: 20 }, async () => {
          const browser = new TestBrowser(server);
          const id = await beginInteraction(server, browser);
          return { browser, page: await browser.get(signInPath(id)) };
        }),
      );
      const signIns = pages.map(({ browser, page }) =>
        browser.submit(page, { username: 'alice', password: PASSWORD }),
      );
      await Promise.race(signIns);
      const whenEnded = end();
      const answers = await Promise.all(signIns);
      await whenEnded;
      expect(answers.filter(({ status }) => status >= 400)).toEqual([]);
      expect(await live()).toEqual([]);
    },
    30_000,
  );

  it('begins anew after a new password, which then signs in, and enrols nothing on the way', async () => {
    const browser = new TestBrowser(server);
    const id = await beginInteraction(server, browser, { acrValues: [MFA_ACR] });
    expect((await typePassword(browser, id)).location).toBe(factorPath(id));
    const page = await browser.get(enrolmentPath(id));
    await replacePassword();
    const code = codeOf(secretOf(page), stepAt(Date.now()));
    const refused = await browser.submit(page, { name: 'Mine', code });
    expect(refused.html).not.toContain('recovery codes');
    expect(await query('SELECT 1 FROM factor')).toEqual([]);
    expect(await live()).toEqual([]);

    expect((await typePassword(browser, id, NEW_PASSWORD)).location).toBe(factorPath(id));
    const again = await browser.get(enrolmentPath(id));
    const right = codeOf(secretOf(again), stepAt(Date.now()));
    expect((await browser.submit(again, { name: 'Mine', code: right })).status).toBe(200);
    expect(await live()).toHaveLength(1);
  });

  it('is sent back to the beginning where its password was replaced between two steps', async () => {
    const browser = new TestBrowser(server);
    const first = await beginInteraction(server, browser, { acrValues: [MFA_ACR] });
    await typePassword(browser, first);
    const page = await browser.get(enrolmentPath(first));
    const secret = secretOf(page);
    const step = stepAt(Date.now());
    await browser.submit(page, { name: 'Phone', code: codeOf(secret, step) });

    const other = new TestBrowser(server);
    const id = await beginInteraction(server, other, {});
    await typePassword(other, id);
    const factor = await other.get(factorPath(id));
    await replacePassword();
    const refused = await other.submit(factor, { code: codeOf(secret, step + 1) });
    expect(refused.location).toBe(signInPath(id));
    expect(await live()).toEqual([]);
  });
});
