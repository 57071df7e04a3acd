import { GrantStore } from '../grant/grant.store.js';
import { SessionRecord } from '../session/session.record.js';
import { headingOf, noticeOf, openSignedIn } from '../testing/account.visit.js';
import { ALICE, SECRETS } from '../testing/bootstrap.fixture.js';
import { grantTo } from '../testing/signed-in.fixture.js';
import { SmtpSink } from '../testing/smtp.sink.js';
import { TestApplication } from '../testing/test-application.js';
import { type BrowserAnswer, formOf, TestBrowser } from '../testing/test-browser.js';
import { sessionFixture } from '../testing/session.fixture.js';

const PATH = '/account/password';
const PRESENT = SECRETS['PASSWORD_OF_alice'] ?? '';
const NEW = 'seven quiet lanterns';
const GOOD = { present: PRESENT, password: NEW, repeated: NEW };

describe('a password that its owner changes', () => {
  let sink: SmtpSink;
  let server: TestApplication;
  let here: TestBrowser;
  let elsewhere: TestBrowser;
  beforeEach(async () => {
    sink = await SmtpSink.start();
    server = await TestApplication.start({ environment: sink.environment });
    [here, elsewhere] = [new TestBrowser(server), new TestBrowser(server)];
    await openSignedIn(elsewhere, '/account');
    await openSignedIn(here, '/account');
  });
  afterEach(async () => {
    await server.stop();
    await sink.stop();
  });

  const change = async (fields: Readonly<Record<string, string>>, browser = here) => {
    const { hidden } = formOf(await browser.get(PATH));
    return browser.post(PATH, { ...hidden, ...fields });
  };
  const problemOf = ({ html }: BrowserAnswer) =>
    /role="alert">\s*<p><strong>([^<]*)</.exec(html)?.[1];
  const isSignedIn = async (browser: TestBrowser) => (await browser.get('/account')).status === 200;
  const passes = async (password: string) => {
    const browser = new TestBrowser(server);
    const asked = await browser.get((await browser.get('/account')).location ?? '');
    return (await browser.submit(asked, { username: 'alice', password })).status === 303;
  };
  const sessionsOf = (accountId: string) =>
    server.app.get(SessionRecord, { strict: false }).findOfAccount(accountId, new Date());

  it('is the new one from then on; every other place is signed out, and its owner told', async () => {
    const [mine, theirs] = await sessionsOf(ALICE);
    const grants = await Promise.all(
      [mine, theirs].map((session) =>
        grantTo(server, sessionFixture({ ...session, accountId: ALICE }), 'web', [
          'openid',
          'offline_access',
        ]),
      ),
    );
    const answer = await change({ ...GOOD, end_others: 'yes' });
    expect([answer.status, answer.location]).toEqual([303, PATH]);
    expect(noticeOf(await here.get(PATH))).toBe('Your password is changed.');
    expect([await isSignedIn(here), await isSignedIn(elsewhere)]).toEqual([true, false]);
    const store = server.app.get(GrantStore, { strict: false });
    const causes = await Promise.all(grants.map(({ grantId }) => store.find(grantId)));
    expect(causes.map((grant) => grant?.cause?.reason ?? null)).toEqual([null, 'password_changed']);
    expect([await passes(NEW), await passes(PRESENT)]).toEqual([true, false]);
    expect((await sink.mail(0)).text).toContain('was just changed');
  });

  it('leaves the other places signed in where that is what its owner wants', async () => {
    expect((await change(GOOD)).status).toBe(303);
    expect([await isSignedIn(here), await isSignedIn(elsewhere)]).toEqual([true, true]);
    expect(await passes(NEW)).toBe(true);
  });

  it.each([
    ['the present one is wrong', { present: 'wrong' }, 'That did not match.'],
    ['the present one is missing', { present: '' }, 'Something is missing.'],
    ['the new one is typed once', { repeated: '' }, 'These are not the same.'],
    ['the new one is short', { password: 'short', repeated: 'short' }, 'That is too short.'],
    [
      'the new one is what is tried first',
      { password: 'password123456', repeated: 'password123456' },
      'That one is tried first.',
    ],
  ])('stays where %s', async (_, fields, problem) => {
    const answer = await change({ ...GOOD, end_others: 'yes', ...fields });
    expect([answer.status, headingOf(answer), problemOf(answer)]).toEqual([
      200,
      'Password',
      problem,
    ]);
    expect(answer.html).not.toContain(NEW);
    expect([await isSignedIn(elsewhere), await passes(PRESENT)]).toEqual([true, true]);
  });

  it('is changed once by parallel changes, and never by one that did not know it', async () => {
    const { hidden } = formOf(await here.get(PATH));
    const chosen = Array.from({ length: 4 }, (_, n) => `${NEW} ${n}`);
    const answers = await Promise.all(
      chosen.map((password) =>
        here.post(PATH, { ...hidden, present: PRESENT, password, repeated: password }),
      ),
    );
    expect(answers.filter(({ status }) => status === 303)).toHaveLength(1);
    const won = answers.findIndex(({ status }) => status === 303);
    expect(await passes(chosen[won] ?? '')).toBe(true);
  });

  it('cannot be guessed by the form: it is braked as sign-in is', async () => {
    let answer = await change({ ...GOOD, present: 'wrong' });
    for (let n = 0; n < 30 && answer.status === 200; n += 1) {
      answer = await change({ ...GOOD, present: 'wrong' });
    }
    expect([answer.status, problemOf(answer)]).toEqual([429, 'Too many attempts.']);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await change(GOOD)).status).toBe(429);
  });
});
