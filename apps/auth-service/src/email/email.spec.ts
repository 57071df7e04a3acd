import { setTimeout as sleep } from 'node:timers/promises';
import { jest } from '@jest/globals';
import { type TokenResponse } from '@keyward/oauth';
import { AccountStore } from '../account/account.store.js';
import { AuditTrail } from '../audit/audit.trail.js';
import { MailDispatch } from '../mail/mail.dispatch.js';
import { type Mailer } from '../mail/mailer.js';
import { SingleUseStore } from '../single-use/single-use.store.js';
import { PostgresDatabase } from '../storage/postgres/postgres.database.js';
import { describeWithRedis, type RedisAccess } from '../storage/testing/describe-with-redis.js';
import { headingOf, noticeOf, openSignedIn } from '../testing/account.visit.js';
import { ALICE } from '../testing/bootstrap.fixture.js';
import { CodeFlow } from '../testing/code-flow.js';
import { type ReceivedMail, SmtpSink } from '../testing/smtp.sink.js';
import { TestApplication } from '../testing/test-application.js';
import { type BrowserAnswer, formOf, TestBrowser } from '../testing/test-browser.js';

const PATH = '/account/email';
const LINK = `${PATH}/link`;
const [OLD, NEW] = ['alice@example.com', 'archer@example.net'];
const CONFIRMED = 'Your address is confirmed';
const UNDONE = 'The change is taken back';
const GONE = 'This link does not work any more';
const SENT = 'A link is on its way. It works once, for 24 hours, in any browser.';

/** Only the clock moves on; what is under way goes on by itself. */
const TIMERS = [
  ...(['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] as const),
  ...(['setImmediate', 'clearImmediate', 'nextTick', 'queueMicrotask'] as const),
  ...(['hrtime', 'performance'] as const),
];

let parts = 0;

/** Attempts that one test makes must not be counted against another one. */
function ownPart({ url, keyPrefix }: RedisAccess): RedisAccess {
  return { url, keyPrefix: `${keyPrefix}${(parts += 1)}:` };
}

function describeAddresses(redis?: () => RedisAccess): void {
  let sink: SmtpSink;
  let server: TestApplication;
  beforeEach(async () => {
    sink = await SmtpSink.start();
    const { environment } = sink;
    server = await TestApplication.start({
      environment,
      ...(redis && { redis: ownPart(redis()) }),
    });
  });
  afterEach(async () => {
    jest.useRealTimers();
    jest.restoreAllMocks();
    await server.stop();
    await sink.stop();
  });

  const query = (statement: string, parameters: unknown[] = []) =>
    server.app.get(PostgresDatabase, { strict: false }).manager.query(statement, parameters);
  const addressOf = async (accountId = ALICE) => {
    const account = await server.app.get(AccountStore, { strict: false }).find(accountId);
    return [account?.email, account?.emailVerified];
  };
  const unproven = () =>
    query(`UPDATE account SET email_verified = false WHERE account_id = $1`, [ALICE]);
  const visit = async (username: 'alice' | 'bob' = 'alice') => {
    const browser = new TestBrowser(server);
    return { browser, page: await openSignedIn(browser, PATH, username) };
  };
  /** Asks for another address; answers with what the page says then. */
  const ask = async (email: string, username: 'alice' | 'bob' = 'alice') => {
    const { browser, page } = await visit(username);
    const answer = await browser.post(PATH, { ...formOf(page).hidden, email });
    return answer.status === 303 ? browser.get(answer.location ?? '') : answer;
  };
  /** The mail of this index to an address, once it is there. */
  const mailTo = async (address: string, index = 0): Promise<ReceivedMail> => {
    for (const end = Date.now() + 15_000; Date.now() < end; await sleep(20)) {
      const mail = sink.mails.filter(({ to }) => to[0] === address)[index];
      if (mail !== undefined) return mail;
    }
    throw new Error(`no mail ${index} arrived at ${address}`);
  };
  const linkTo = async (address: string, index = 0) =>
    /\/account\/email\/link\?token=[\w-]{43}/.exec((await mailTo(address, index)).text)?.[0] ??
    'no link';
  const requestLink = async (email = NEW) => {
    await ask(email);
    return linkTo(email);
  };
  const follow = async (link: string, browser = new TestBrowser(server)) => {
    const opened = await browser.get(link);
    expect([opened.status, opened.location]).toEqual([303, LINK]);
    return { browser, page: await browser.get(LINK) };
  };
  const carryOut = async (link: string): Promise<BrowserAnswer> => {
    const { browser, page } = await follow(link);
    return page.status === 200 ? browser.submit(page, {}) : page;
  };

  it('is replaced once the new one is proven, and the old one is told', async () => {
    const link = await requestLink();
    expect(await addressOf()).toEqual([OLD, true]);
    const done = await carryOut(link);
    expect([done.status, headingOf(done)]).toEqual([200, CONFIRMED]);
    expect(await addressOf()).toEqual([NEW, true]);
    expect((await mailTo(OLD)).text).toContain(NEW);
  });

  it('is to be found from the profile', async () => {
    const { browser } = await visit();
    expect((await browser.get('/account')).html).toContain(`<a href="${PATH}">Use another address`);
    await unproven();
    expect((await browser.get('/account')).html).toContain('Confirm or change it');
  });

  it('is confirmed by a link to where it is', async () => {
    await unproven();
    const { browser, page } = await visit();
    expect(page.html).toContain('not confirmed');
    const sent = await browser.submit(page, {});
    expect(noticeOf(await browser.get(sent.location ?? ''))).toBe(SENT);
    const link = await linkTo(OLD);
    expect(await addressOf()).toEqual([OLD, false]);
    expect(headingOf(await carryOut(link))).toBe(CONFIRMED);
    expect(await addressOf()).toEqual([OLD, true]);
    expect((await browser.get(PATH)).html).toContain('</bdi>, confirmed');
  });

  it('changes once by one link, however many open it at once', async () => {
    const link = await requestLink();
    const opened = await Promise.all(Array.from({ length: 20 }, () => follow(link)));
    const answers = await Promise.all(opened.map(({ browser, page }) => browser.submit(page, {})));
    expect(answers.filter((answer) => headingOf(answer) === CONFIRMED)).toHaveLength(1);
    expect(answers.filter((answer) => headingOf(answer) === GONE)).toHaveLength(19);
    expect((await follow(link)).page.status).toBe(404);
    expect(await addressOf()).toEqual([NEW, true]);
    // One change, one mail about it.
    await mailTo(OLD);
    expect(sink.mails.filter(({ to }) => to[0] === OLD)).toHaveLength(1);
  });

  it('keeps a link good, and the address as it is, that was only opened', async () => {
    const link = await requestLink();
    for (let times = 0; times < 3; times += 1) await follow(link);
    expect(await addressOf()).toEqual([OLD, true]);
    expect(headingOf(await carryOut(link))).toBe(CONFIRMED);
  });

  it('is given back to the address before, which did not want the change', async () => {
    await carryOut(await requestLink());
    const undo = await carryOut(await linkTo(OLD));
    expect([undo.status, headingOf(undo)]).toEqual([200, UNDONE]);
    expect(await addressOf()).toEqual([OLD, true]);
    const told = await mailTo(NEW, 1);
    expect(told.text).toContain(`is ${OLD} again`);
    expect(told.text).not.toContain('token=');
  });

  it('is given back after two changes in a row to who had it first, not to who came between', async () => {
    await carryOut(await requestLink());
    await carryOut(await requestLink('second@example.net'));
    const undo = await linkTo(OLD, 1);
    expect(sink.mails.filter(({ to }) => to[0] === NEW)).toHaveLength(1);
    expect(await addressOf()).toEqual(['second@example.net', true]);
    expect(headingOf(await carryOut(await linkTo(OLD, 0)))).toBe(GONE);
    expect(headingOf(await carryOut(undo))).toBe(UNDONE);
    expect(await addressOf()).toEqual([OLD, true]);
  });

  it('gives nobody an account by an address that was never proven', async () => {
    await unproven();
    await carryOut(await requestLink());
    expect(await addressOf()).toEqual([NEW, true]);
    // Whatever the first change would send is sent long before what the second one sends.
    await carryOut(await requestLink('second@example.net'));
    await mailTo(NEW, 1);
    expect(sink.mails.filter(({ to }) => to[0] === OLD)).toEqual([]);
  });

  it.each([
    ['another address', `UPDATE account SET email = 'other@example.org'`],
    ['another password', `UPDATE account SET password_hash = password_hash || 'x'`],
    ['been disabled', `UPDATE account SET disabled_at = now()`],
  ])('ends a link where the account has %s since', async (_name, statement) => {
    const link = await requestLink();
    const { browser, page } = await follow(link);
    await query(statement);
    expect(headingOf(await browser.submit(page, {}))).toBe(GONE);
    expect((await addressOf())[0]).not.toBe(NEW);
  });

  it('takes a change back, whatever the password is by now', async () => {
    await carryOut(await requestLink());
    const link = await linkTo(OLD);
    await query(`UPDATE account SET password_hash = password_hash || 'x'`);
    expect(headingOf(await carryOut(link))).toBe(UNDONE);
  });

  it('says the same of an address that another account has, and writes so to that address', async () => {
    const [taken, free] = [await ask('BOB@example.com'), await ask(NEW)];
    expect([taken.status, noticeOf(taken)]).toEqual([200, SENT]);
    expect(noticeOf(free)).toBe(SENT);
    const withoutToken = ({ html }: BrowserAnswer) => html.replace(/value="[\w-]{43}"/g, '');
    expect(withoutToken(taken)).toBe(withoutToken(free));
    const { text } = await mailTo('BOB@example.com');
    expect(text).toContain('nothing was changed');
    expect(text).not.toContain('token=');
    expect(text).not.toContain('alice');
  });

  it('is of one account, where two prove the same one', async () => {
    const links = [await requestLink()];
    await ask(NEW, 'bob');
    links.push(await linkTo(NEW, 1));
    const answers = await Promise.all(links.map(carryOut));
    expect(answers.map(headingOf).sort()).toEqual([GONE, CONFIRMED]);
    expect(await query(`SELECT FROM account WHERE email = $1`, [NEW])).toHaveLength(1);
  });

  it('is braked for an account, and for a mailbox', async () => {
    const { browser, page } = await visit();
    const answers: number[] = [];
    for (let time = 0; time < 6; time += 1) {
      answers.push((await browser.submit(page, { email: `new${time}@example.net` })).status);
    }
    expect(answers).toEqual([303, 303, 303, 303, 303, 429]);
    const braked = await browser.submit(page, { email: NEW });
    expect(braked.headers.get('retry-after')).toMatch(/^[12]$/);
    expect(braked.html).toContain('Too many requests.');
    // Nobody is kept from signing in by that.
    expect(headingOf((await visit()).page)).toBe('Email address');
  });

  it.each([
    ['nothing', '', 'Something is missing.'],
    ['no address', 'archer', 'That is no address.'],
    ['two addresses', 'a@example.com,b@example.com', 'That is no address.'],
    ['a header', 'a@example.com\r\nBcc: b@example.com', 'That is no address.'],
    ['the same one', 'Alice@Example.com', 'That is your address already.'],
  ])('is not replaced by %s', async (_name, email, words) => {
    expect((await ask(email)).html).toContain(words);
    expect(sink.mails).toEqual([]);
  });

  it('wants who asks to have signed in a moment ago', async () => {
    const { browser, page } = await visit();
    jest.useFakeTimers({ now: Date.now() + 11 * 60_000, doNotFake: TIMERS });
    const asked = await browser.submit(page, { email: NEW });
    expect([asked.status, asked.location?.startsWith(PATH)]).toEqual([303, false]);
    expect(sink.mails).toEqual([]);
  });

  it('takes no form of another browser, session or link', async () => {
    const [alice, bob] = [await visit(), await visit('bob')];
    expect((await bob.browser.submit(alice.page, { email: NEW })).status).toBe(403);
    const foreign = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' };
    expect((await alice.browser.submit(alice.page, { email: NEW }, foreign)).status).toBe(403);
    const { browser, page } = await follow(await requestLink());
    await browser.get(await requestLink('second@example.net'));
    expect((await browser.submit(page, {})).status).toBe(403);
    browser.cookies.delete('__Host-keyward-email-link');
    expect((await browser.submit(page, {})).status).toBe(403);
    expect(await addressOf()).toEqual([OLD, true]);
  });

  it.each([
    ['nothing', ''],
    ['a made-up token', 'A'.repeat(43)],
    ['no token at all', 'x'],
  ])('shows %s the door', async (_name, token) => {
    const browser = new TestBrowser(server);
    expect((await browser.get(`${LINK}?token=${token}`)).location).toBe(LINK);
    const page = await browser.get(LINK);
    expect([page.status, headingOf(page)]).toEqual([404, GONE]);
  });

  it('keeps the token out of every page and of the audit, which has the rest', async () => {
    const record = jest.spyOn(server.app.get(AuditTrail, { strict: false }), 'record');
    const link = await requestLink();
    const token = link.split('=')[1] ?? '';
    const browser = new TestBrowser(server);
    const opened = await browser.get(link);
    expect(opened.headers.get('referrer-policy')).toBe('no-referrer');
    expect(opened.headers.get('set-cookie')).toMatch(/HttpOnly; Secure; SameSite=Lax/);
    const page = await browser.get(LINK);
    expect(page.html).not.toContain(token);
    expect(page.headers.get('cache-control')).toBe('no-store');
    await browser.submit(page, {});
    await carryOut(await linkTo(OLD));
    const events = record.mock.calls.map(([event]) => event);
    expect(events.filter(({ type }) => type.startsWith('email.'))).toMatchObject([
      { type: 'email.link_requested', accountId: ALICE, detail: { kind: 'change' } },
      { type: 'email.changed', outcome: 'success', accountId: ALICE },
      { type: 'email.change_undone', outcome: 'success', accountId: ALICE },
    ]);
    expect(JSON.stringify(events)).not.toContain(token);
    expect(JSON.stringify(events)).not.toContain(NEW);
  });

  it('gives the link back where the address cannot be recorded', async () => {
    const link = await requestLink();
    const { browser, page } = await follow(link);
    await query(`ALTER TABLE account ADD CONSTRAINT away CHECK (email <> '${NEW}')`);
    expect((await browser.submit(page, {})).status).toBe(500);
    await query(`ALTER TABLE account DROP CONSTRAINT away`);
    expect(headingOf(await carryOut(link))).toBe(CONFIRMED);
  });

  it('tells clients the address, and whether it is proven, as it is at the moment', async () => {
    const flow = new CodeFlow(server);
    const redeemed = await flow.redeem(await flow.code({ scope: 'openid email' }));
    const { access_token: token } = (await redeemed.json()) as TokenResponse;
    const headers = { authorization: `Bearer ${token}` };
    const claims = async () =>
      (await fetch(server.url('/oauth2/userinfo'), { headers })).json() as Promise<object>;
    await unproven();
    expect(await claims()).toMatchObject({ email: OLD, email_verified: false });
    await carryOut(await requestLink());
    expect(await claims()).toMatchObject({ email: NEW, email_verified: true });
  });

  it('works for as long as it says', async () => {
    const put = jest.spyOn(server.app.get(SingleUseStore, { strict: false }), 'put');
    await carryOut(await requestLink());
    await linkTo(OLD);
    const links = put.mock.calls.filter(([key]) => key.startsWith('email-link:'));
    expect(links.map(([, , seconds]) => seconds)).toEqual([86_400, 259_200]);
  });
}

describe('an e-mail address', () => describeAddresses());
describeWithRedis('an e-mail address, its links in Redis', describeAddresses);

describe('an e-mail address where no mail leaves', () => {
  it('is not to be changed', async () => {
    const server = await TestApplication.start();
    try {
      // In production without a mail server there is none; all else would have to be of production too.
      const mails = server.app.get(MailDispatch, { strict: false });
      jest.replaceProperty(mails as unknown as { mailer: Mailer | null }, 'mailer', null);
      const browser = new TestBrowser(server);
      expect((await browser.get(PATH)).status).toBe(404);
      expect((await browser.post(PATH, { email: NEW })).status).toBe(404);
      expect((await openSignedIn(browser, '/account')).html).not.toContain(PATH);
    } finally {
      jest.restoreAllMocks();
      await server.stop();
    }
  });
});
