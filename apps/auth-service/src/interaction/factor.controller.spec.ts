import { CODE_DIGITS, codeOf, stepAt } from '../factor/totp.js';
import { MFA_ACR, PHISHING_RESISTANT_ACR } from '../authentication/acr.js';
import { PostgresDatabase } from '../storage/postgres/postgres.database.js';
import { beginInteraction, interactionNow } from '../testing/begin-interaction.js';
import { SECRETS } from '../testing/bootstrap.fixture.js';
import { TestApplication } from '../testing/test-application.js';
import { type BrowserAnswer, TestBrowser } from '../testing/test-browser.js';
import { secretOf } from '../testing/totp.page.js';
import { continuePath, enrolmentPath, factorPath, signInPath } from './interaction.paths.js';

const PASSWORD = SECRETS['PASSWORD_OF_alice'] ?? '';
const SESSION_COOKIE = '__Host-keyward-session';

describe('the pages of the second factor', () => {
  let server: TestApplication;
  let browser: TestBrowser;
  beforeEach(async () => {
    server = await TestApplication.start();
    browser = new TestBrowser(server);
  });
  afterEach(() => server.stop());

  const query = <T>(statement: string) =>
    server.app.get(PostgresDatabase, { strict: false }).manager.query<T[]>(statement);
  const isSignedIn = (by = browser) => by.cookies.has(SESSION_COOKIE);
  const typePassword = async (id: string, by = browser) =>
    by.submit(await by.get(signInPath(id)), { username: 'alice', password: PASSWORD });
  const begin = (by = browser) => beginInteraction(server, by, { acrValues: [MFA_ACR] });

  /** Enrols, and gives what an application and a drawer keep. */
  async function enrol() {
    const id = await begin();
    expect((await typePassword(id)).location).toBe(factorPath(id));
    expect((await browser.get(factorPath(id))).location).toBe(enrolmentPath(id));
    const page = await browser.get(enrolmentPath(id));
    const secret = secretOf(page);
    const enrolledStep = stepAt(Date.now());
    expect(isSignedIn()).toBe(false);
    const done = await browser.submit(page, { name: 'Phone', code: codeOf(secret, enrolledStep) });
    const codes = [...done.html.matchAll(/<li><code>([^<]*)</g)].map(([, code = '']) => code);
    return { id, page, secret, enrolledStep, done, codes };
  }

  it('come before any session, where more than a password is needed', async () => {
    const { id, done, codes } = await enrol();
    expect(done.status).toBe(200);
    expect(codes).toHaveLength(10);
    expect(new Set(codes).size).toBe(10);
    expect(done.html).toContain(continuePath(id));
    expect(isSignedIn()).toBe(true);
    const [session] = await query<{ acr: string; amr: string[] }>('SELECT acr, amr FROM session');
    expect(session).toEqual({ acr: MFA_ACR, amr: ['pwd', 'otp', 'mfa'] });
    expect((await interactionNow(server, id))?.proof).toBeNull();
  });

  it('are for who proved a password a moment ago', async () => {
    const id = await begin();
    expect((await browser.get(factorPath(id))).location).toBe(signInPath(id));
    expect((await browser.get(enrolmentPath(id))).location).toBe(signInPath(id));
    await typePassword(id);
    expect((await browser.get(enrolmentPath(id))).status).toBe(200);
    const stranger = new TestBrowser(server);
    stranger.become();
    expect((await stranger.get(factorPath(id))).status).toBe(404);
  });

  it('keep a secret that proves nothing until its code was typed', async () => {
    const id = await begin();
    await typePassword(id);
    const page = await browser.get(enrolmentPath(id));
    const wrong = await browser.submit(page, { name: 'Phone', code: '0'.repeat(CODE_DIGITS - 1) });
    expect(wrong.status).toBe(200);
    expect(wrong.html).toContain('id="problem"');
    expect(secretOf(wrong)).toEqual(secretOf(page));
    expect(await query('SELECT 1 FROM factor')).toEqual([]);
    expect(isSignedIn()).toBe(false);
  });

  it('enrol the first factor by a password, and no further one', async () => {
    const { page, secret, enrolledStep } = await enrol();
    browser.cookies.delete(SESSION_COOKIE);
    const id = await begin();
    await typePassword(id);
    expect((await browser.get(enrolmentPath(id))).location).toBe(factorPath(id));
    const again = await browser.submit(page, {
      name: 'Mine',
      code: codeOf(secret, enrolledStep + 1),
    });
    expect(again.status).not.toBe(200);
    expect(await query('SELECT 1 FROM factor')).toHaveLength(1);
  });

  it('ask whoever enrolled for a code everywhere; one of twenty tries by one code succeeds', async () => {
    const { secret, enrolledStep } = await enrol();
    const attempts = await Promise.all(
      Array.from({ length: 5 }, async () => {
        const other = new TestBrowser(server);
        const id = await beginInteraction(server, other, {});
        expect((await typePassword(id, other)).location).toBe(factorPath(id));
        expect(isSignedIn(other)).toBe(false);
        return { other, page: await other.get(factorPath(id)) };
      }),
    );
    const reused = attempts[0] as (typeof attempts)[number];
    const code = codeOf(secret, enrolledStep);
    expect((await reused.other.submit(reused.page, { code })).status).toBe(200);

    const next = codeOf(secret, enrolledStep + 1);
    const tries = await Promise.all(
      attempts.flatMap(({ other, page }) =>
        Array.from({ length: 4 }, () => other.submit(page, { code: next })),
      ),
    );
    expect(tries.filter(({ status }) => status === 303)).toHaveLength(1);
    expect(attempts.filter(({ other }) => isSignedIn(other))).toHaveLength(1);
  });

  it('take a recovery code, each once, and say how many are left', async () => {
    const { codes } = await enrol();
    const signIn = async (code: string) => {
      const other = new TestBrowser(server);
      const id = await beginInteraction(server, other, {});
      await typePassword(id, other);
      const page = await other.get(factorPath(id));
      expect(page.html).toContain('?method=recovery');
      const recovery = await other.get(`${factorPath(id)}?method=recovery`);
      return other.submit(recovery, { code });
    };
    const typed = (codes[0] ?? '').toUpperCase().replaceAll('-', ' ');
    const told = await signIn(typed);
    expect(told.html).toContain('<h1>A recovery code is used up</h1>');
    expect(told.html).toContain('You have 9 left');
    expect(told.html).toMatch(/href="\/oauth2\/authorize\/[\w-]{22}">Continue/);
    expect((await signIn(typed)).html).toContain('id="problem"');
  });

  it('slow down who guesses codes, and not the password', async () => {
    await enrol();
    const other = new TestBrowser(server);
    const id = await beginInteraction(server, other, {});
    await typePassword(id, other);
    const page = await other.get(factorPath(id));
    let last: BrowserAnswer = page;
    for (let guess = 0; guess < 7; guess += 1) last = await other.submit(page, { code: '000000' });
    expect(last.status).toBe(429);
    expect(Number(last.headers.get('retry-after'))).toBeGreaterThan(0);
    const third = new TestBrowser(server);
    const again = await beginInteraction(server, third, {});
    expect((await typePassword(again, third)).location).toBe(factorPath(again));
  });

  it('step a session up by what is missing and nothing more', async () => {
    const id = await beginInteraction(server, browser, {});
    await typePassword(id);
    expect(isSignedIn()).toBe(true);
    const session = browser.cookies.get(SESSION_COOKIE) ?? '';
    const stepUp = await begin();
    browser.cookies.set(SESSION_COOKIE, session);
    // No password is asked for again.
    const page = await browser.get(enrolmentPath(stepUp));
    const secret = secretOf(page);
    await browser.submit(page, { name: 'Phone', code: codeOf(secret, stepAt(Date.now())) });
    const sessions = await query<{ acr: string; sid: string }>('SELECT acr, sid FROM session');
    expect(sessions).toHaveLength(1);
    expect(sessions[0]?.acr).toBe(MFA_ACR);
  });

  it('go from the code to a passkey, where nothing less is sure enough', async () => {
    const { secret, enrolledStep } = await enrol();
    browser.cookies.delete(SESSION_COOKIE);
    const id = await beginInteraction(server, browser, { acrValues: [PHISHING_RESISTANT_ACR] });
    await typePassword(id);
    // A password alone adds nothing to an account that has a factor.
    expect((await browser.get(enrolmentPath(id))).location).toBe(factorPath(id));
    const code = codeOf(secret, enrolledStep + 1);
    const proven = await browser.submit(await browser.get(factorPath(id)), { code });
    expect(proven.location).toBe(factorPath(id));
    expect(isSignedIn()).toBe(false);
    expect((await browser.get(factorPath(id))).location).toBe(enrolmentPath(id));
    const page = await browser.get(enrolmentPath(id));
    expect(page.html).toContain('<h1>Set up a passkey</h1>');
    expect(page.html).not.toContain('class="secret"');
    expect(isSignedIn()).toBe(false);
  });

  it('add no passkey beside a factor by a session alone: the factor is asked for again', async () => {
    await enrol();
    const session = browser.cookies.get(SESSION_COOKIE) ?? '';
    const id = await beginInteraction(server, browser, { acrValues: [PHISHING_RESISTANT_ACR] });
    browser.cookies.set(SESSION_COOKIE, session);
    expect((await browser.get(enrolmentPath(id))).location).toBe(factorPath(id));
    const page = await browser.get(factorPath(id));
    expect(page.html).toContain('Code of your authenticator app');
    const posted = await browser.post(`${enrolmentPath(id)}/passkey`, { credential: '{}' });
    expect(posted.location).toBe(factorPath(id));
  });

  it('offer no application where nothing but a passkey is sure enough', async () => {
    const id = await beginInteraction(server, browser, { acrValues: [PHISHING_RESISTANT_ACR] });
    await typePassword(id);
    const page = await browser.get(enrolmentPath(id));
    expect(page.status).toBe(200);
    expect(page.html).toContain('data-passkey="create"');
    expect(page.html).not.toContain('class="secret"');
  });
});
