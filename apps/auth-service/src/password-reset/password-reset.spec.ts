import { setTimeout as sleep } from 'node:timers/promises';
import { jest } from '@jest/globals';
import { createClient } from 'redis';
import { AccountStore } from '../account/account.store.js';
import { PasswordAuthenticator } from '../account/password.authenticator.js';
import { AuditTrail } from '../audit/audit.trail.js';
import { SingleUseStore } from '../single-use/single-use.store.js';
import { PostgresDatabase } from '../storage/postgres/postgres.database.js';
import { describeWithRedis, type RedisAccess } from '../storage/testing/describe-with-redis.js';
import { ALICE, SECRETS } from '../testing/bootstrap.fixture.js';
import { FakeBrowser } from '../testing/fake.browser.js';
import { grantTo, signIn } from '../testing/signed-in.fixture.js';
import { SmtpSink } from '../testing/smtp.sink.js';
import { TestApplication } from '../testing/test-application.js';
import { type BrowserAnswer, TestBrowser } from '../testing/test-browser.js';
import { GrantStore } from '../grant/grant.store.js';
import { SessionService } from '../session/session.service.js';

const NEW_PASSWORD = 'seven quiet lanterns';
const CHOSEN = { password: NEW_PASSWORD, repeated: NEW_PASSWORD };

let parts = 0;

/** Attempts that one test makes must not be counted against another one. */
function ownPart({ url, keyPrefix }: RedisAccess): RedisAccess {
  return { url, keyPrefix: `${keyPrefix}${(parts += 1)}:` };
}

function describeReset(redis?: () => RedisAccess): void {
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
    await server.stop();
    await sink.stop();
  });

  const ask = async (username: string, browser = new TestBrowser(server)) =>
    browser.submit(await browser.get('/password/forgot'), { username });
  const linkOf = (text: string) => /\/password\/reset\?token=[\w-]+/.exec(text)?.[0] ?? 'no link';
  const requestLink = async (username = 'alice') => {
    const before = sink.mails.length;
    await ask(username);
    return linkOf((await sink.mail(before)).text);
  };
  const follow = async (link: string, browser = new TestBrowser(server)) => {
    const { status, location } = await browser.get(link);
    expect([status, location]).toEqual([303, '/password/reset']);
    return { browser, page: await browser.get('/password/reset') };
  };
  const reset = async (link: string, fields: Readonly<Record<string, string>> = CHOSEN) => {
    const { browser, page } = await follow(link);
    return browser.submit(page, fields);
  };
  const passes = async (password: string, username = 'alice') => {
    const attempt = {
      username,
      password,
      address: '192.0.2.9',
      clientId: null,
      correlationId: 'c',
    };
    const { outcome } = await server.app
      .get(PasswordAuthenticator, { strict: false })
      .authenticate(attempt);
    return outcome === 'authenticated';
  };
  const heading = ({ html }: BrowserAnswer) => /<h1>([^<]*)<\/h1>/.exec(html)?.[1];
  const DONE = 'Your password is changed';
  const GONE = 'This link does not work any more';

  it('is replaced by a link in a mail, and the person is told', async () => {
    const link = await requestLink();
    expect(sink.mails[0]).toMatchObject({ to: ['alice@example.com'] });
    const done = await reset(link);
    expect([done.status, heading(done)]).toEqual([200, DONE]);
    expect(await passes(NEW_PASSWORD)).toBe(true);
    expect(await passes(SECRETS['PASSWORD_OF_alice'] ?? '')).toBe(false);
    expect((await sink.mail(1)).text).toContain('was just changed');
  });

  it('ends every session and every grant with it, and nobody else’s', async () => {
    const [thief, bob] = [new FakeBrowser(), new FakeBrowser()];
    const stolen = await grantTo(server, await signIn(server, thief), 'web', [
      'openid',
      'offline_access',
    ]);
    const other = await server.app.get(AccountStore, { strict: false }).findByUsername('bob');
    await signIn(server, bob, other?.account.accountId);
    await reset(await requestLink());
    const sessions = server.app.get(SessionService, { strict: false });
    expect(await sessions.find(thief.request)).toBeNull();
    expect(await sessions.find(bob.request)).not.toBeNull();
    const grant = await server.app.get(GrantStore, { strict: false }).find(stolen.grantId);
    expect(grant?.cause).toEqual({ reason: 'password_reset', by: `account ${ALICE}` });
  });

  it('is replaced once by one link, however many try at once', async () => {
    const link = await requestLink();
    const opened = await Promise.all(Array.from({ length: 20 }, () => follow(link)));
    const answers = await Promise.all(
      opened.map(({ browser, page }, index) => {
        const password = `${NEW_PASSWORD} ${index}`;
        return browser.submit(page, { password, repeated: password });
      }),
    );
    expect(answers.filter((answer) => heading(answer) === DONE)).toHaveLength(1);
    expect(answers.filter((answer) => heading(answer) === GONE)).toHaveLength(19);
    const winner = answers.findIndex((answer) => heading(answer) === DONE);
    expect(await passes(`${NEW_PASSWORD} ${winner}`)).toBe(true);
    const late = await follow(link);
    expect([late.page.status, heading(late.page)]).toEqual([404, GONE]);
  }, 30_000);

  it('makes every older link worthless', async () => {
    const [first, second] = [await requestLink(), await requestLink()];
    expect(heading(await reset(first))).toBe(DONE);
    expect(heading((await follow(second)).page)).toBe(GONE);
  });

  it('makes a link worthless whose receiver is not the account’s any more', async () => {
    const link = await requestLink();
    const { manager } = server.app.get(PostgresDatabase, { strict: false });
    await manager.query(`UPDATE account SET email = 'new@example.com' WHERE account_id = $1`, [
      ALICE,
    ]);
    expect(heading((await follow(link)).page)).toBe(GONE);
  });

  it('keeps a link good that was only opened, as whatever reads mails does', async () => {
    const link = await requestLink();
    for (let times = 0; times < 3; times += 1) await follow(link);
    expect(heading(await reset(link))).toBe(DONE);
  });

  it('refuses a form of one link by another one, and without its cookie', async () => {
    const { browser, page } = await follow(await requestLink());
    await browser.get(await requestLink('bob'));
    expect((await browser.submit(page, CHOSEN)).status).toBe(403);
    browser.cookies.delete('__Host-keyward-password-reset');
    expect((await browser.submit(page, CHOSEN)).status).toBe(403);
    expect(await passes(NEW_PASSWORD)).toBe(false);
    expect(await passes(NEW_PASSWORD, 'bob')).toBe(false);
  });

  it.each([
    ['nothing', ''],
    ['a made-up token', 'A'.repeat(43)],
    ['no token at all', 'x'],
  ])('shows %s the door', async (_name, token) => {
    const browser = new TestBrowser(server);
    expect((await browser.get(`/password/reset?token=${token}`)).location).toBe('/password/reset');
    expect(heading(await browser.get('/password/reset'))).toBe(GONE);
  });

  it('keeps the token out of every page, and out of what a page is named by', async () => {
    const link = await requestLink();
    const token = link.split('=')[1] ?? '';
    const browser = new TestBrowser(server);
    const opened = await browser.get(link);
    expect(opened.headers.get('referrer-policy')).toBe('no-referrer');
    expect(opened.headers.get('set-cookie')).toMatch(/HttpOnly; Secure; SameSite=Lax/);
    const page = await browser.get('/password/reset');
    expect(page.html).not.toContain(token);
    expect(page.headers.get('cache-control')).toBe('no-store');
  });

  it('ends a link after its time', async () => {
    const store = server.app.get(SingleUseStore, { strict: false });
    const put = jest.spyOn(store, 'put');
    const link = await requestLink();
    expect(put.mock.calls[0]?.[2]).toBe(900);
    if (redis === undefined) {
      jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 901_000);
    } else {
      await endInRedis(redis());
    }
    expect(heading((await follow(link)).page)).toBe(GONE);
    jest.restoreAllMocks();
  });

  it.each([
    ['short', 'x7 lamp', 'That is too short.'],
    ['common', 'Password2026!', 'That one is tried first.'],
    ['personal', 'alice-archer-1', 'That one is easy to guess.'],
  ])('takes no password that is %s, and uses up nothing', async (_name, password, words) => {
    const { browser, page } = await follow(await requestLink());
    const refused = await browser.submit(page, { password, repeated: password });
    expect(refused.html).toContain(words);
    expect(refused.html).not.toContain(password);
    expect(heading(await browser.submit(refused, CHOSEN))).toBe(DONE);
  });

  it('wants the new password twice', async () => {
    const answer = await reset(await requestLink(), { ...CHOSEN, repeated: 'another one' });
    expect(answer.html).toContain('These are not the same.');
  });

  describe('and who asks learns nothing about an account:', () => {
    const withoutToken = ({ status, html }: BrowserAnswer) => [status, html];

    it('the same answer for a known and an unknown name, before any account is read', async () => {
      const accounts = server.app.get(AccountStore, { strict: false });
      const reads: string[] = [];
      let release: () => void = () => undefined;
      const gate = new Promise<void>((resolve) => (release = resolve));
      const original = accounts.findByUsername.bind(accounts);
      jest.spyOn(accounts, 'findByUsername').mockImplementation(async (username) => {
        reads.push(username);
        await gate;
        return original(username);
      });
      // Neither answer waits for an account: both come while every read of one stands still.
      const [known, unknown] = [await ask('alice'), await ask('nobody')];
      expect(withoutToken(known)).toEqual(withoutToken(unknown));
      release();
      await sink.mail(0);
      expect(reads).toEqual(['alice', 'nobody']);
      expect(sink.mails).toHaveLength(1);
      jest.restoreAllMocks();
    });

    it('the same brake for both', async () => {
      const codes = async (username: string) => {
        const answers: number[] = [];
        for (let time = 0; time < 6; time += 1) answers.push((await ask(username)).status);
        return answers;
      };
      expect(await codes('alice')).toEqual([200, 200, 200, 200, 200, 429]);
      expect(await codes('nobody')).toEqual([200, 200, 200, 200, 200, 429]);
      expect((await ask('alice')).headers.get('retry-after')).toMatch(/^[12]$/);
    });

    it('and keeps nobody from signing in', async () => {
      for (let time = 0; time < 8; time += 1) await ask('alice');
      expect(await passes(SECRETS['PASSWORD_OF_alice'] ?? '')).toBe(true);
    });
  });

  it('is audited without the link', async () => {
    const record = jest.spyOn(server.app.get(AuditTrail, { strict: false }), 'record');
    const link = await requestLink();
    await reset(link);
    const events = record.mock.calls.map(([event]) => event);
    expect(events.map(({ type }) => type)).toEqual(
      expect.arrayContaining(['password_reset.requested', 'password.changed']),
    );
    expect(JSON.stringify(events)).not.toContain(link.split('=')[1]);
    expect(JSON.stringify(events)).not.toContain(NEW_PASSWORD);
    jest.restoreAllMocks();
  });
}

/** Redis has a clock of its own: its end is brought forward to every link that it keeps. */
async function endInRedis({ url, keyPrefix }: RedisAccess): Promise<void> {
  const client = createClient({ url });
  await client.connect();
  try {
    let ended = 0;
    for await (const keys of client.scanIterator({ MATCH: `${keyPrefix}*password-reset:*` })) {
      for (const key of keys) ended += await client.pExpire(key, 1);
    }
    expect(ended).toBeGreaterThan(0);
    await sleep(20);
  } finally {
    await client.close();
  }
}

describe('a forgotten password', () => describeReset());
describeWithRedis('a forgotten password, its links in Redis', describeReset);
