import { type AuthorizationRequest } from '../authorization/authorization-request.js';
import { PostgresDatabase } from '../storage/postgres/postgres.database.js';
import { createTestDatabase } from '../storage/testing/test-database.js';
import { beginInteraction, interactionNow } from '../testing/begin-interaction.js';
import { ALICE, BOB, SECRETS } from '../testing/bootstrap.fixture.js';
import { FaultProxy } from '../testing/fault-proxy.js';
import { SHARED_KEY, TestApplication } from '../testing/test-application.js';
import { type BrowserAnswer, TestBrowser } from '../testing/test-browser.js';
import { continuePath, signInPath } from './interaction.paths.js';

const PASSWORD = SECRETS['PASSWORD_OF_alice'] ?? '';
const SESSION_COOKIE = '__Host-keyward-session';

describe('the sign-in page', () => {
  let server: TestApplication;
  let browser: TestBrowser;
  beforeAll(async () => {
    server = await TestApplication.start();
  });
  afterAll(() => server.stop());
  beforeEach(() => {
    browser = new TestBrowser(server);
  });

  const begin = (request: Partial<AuthorizationRequest> = {}) =>
    beginInteraction(server, browser, request);
  const query = (statement: string) =>
    server.app.get(PostgresDatabase, { strict: false }).manager.query(statement);
  const open = (id: string) => browser.get(signInPath(id));
  const problemOf = ({ html }: BrowserAnswer) =>
    /id="problem" role="alert">\s*<p>(.*?)<\/p>/s.exec(html)?.[1];
  const usernameOf = ({ html }: BrowserAnswer) =>
    /id="username".*? value="([^"]*)"/.exec(html)?.[1];

  it('asks for username and password, for the client by name, and names nobody', async () => {
    const page = await open(await begin());
    expect(page.status).toBe(200);
    expect(page.html).toContain('Web shop');
    expect(page.html).toContain('autocomplete="username"');
    expect(page.html).toContain('autocomplete="current-password"');
    expect(usernameOf(page)).toBe('');
    expect(problemOf(page)).toBeUndefined();
  });

  it('signs in whoever knows the password, and sends them on', async () => {
    const id = await begin();
    const answer = await browser.submit(await open(id), { username: ' Alice', password: PASSWORD });
    expect(answer.status).toBe(303);
    expect(answer.location).toBe(continuePath(id));
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(browser.cookies.has(SESSION_COOKIE)).toBe(true);
    expect((await interactionNow(server, id))?.selectedSid).toMatch(/^[\da-f-]{36}$/);
  });

  it('begins with the username that the client hints at, as text', async () => {
    const page = await open(await begin({ loginHint: `"><script>alert(1)</script>` }));
    expect(usernameOf(page)).toBe('&#34;&gt;&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(page.html).not.toContain('<script>');
  });

  it('begins with whoever signed in before, unless they asked for another account', async () => {
    const id = await begin();
    await browser.submit(await open(id), { username: 'alice', password: PASSWORD });
    const session = browser.cookies.get(SESSION_COOKIE) ?? '';
    expect(usernameOf(await open(id))).toBe('alice');
    const other = await begin({ prompt: ['select_account'] });
    browser.cookies.set(SESSION_COOKIE, session);
    expect(usernameOf(await open(other))).toBe('');
  });

  describe('with a subject that the client named', () => {
    it('lets that one in and nobody else, whatever is posted as username', async () => {
      const id = await begin({ hintedSubject: ALICE });
      const page = await open(id);
      expect(page.html).toMatch(/value="alice"[^>]* readonly/);
      const bob = SECRETS['PASSWORD_OF_bob'] ?? '';
      const refused = await browser.submit(page, { username: 'bob', password: bob });
      expect(refused.status).toBe(200);
      expect(browser.cookies.has(SESSION_COOKIE)).toBe(false);
      const answer = await browser.submit(page, { username: 'bob', password: PASSWORD });
      expect(answer.location).toBe(continuePath(id));
    });

    it('refuses everybody where there is no such account any more, in the usual words', async () => {
      const id = await begin({ hintedSubject: '00000000-0000-4000-8000-000000000000' });
      const answer = await browser.submit(await open(id), {
        username: 'alice',
        password: PASSWORD,
      });
      expect(problemOf(answer)).toMatch(/^<strong>That did not match/);
      expect(browser.cookies.has(SESSION_COOKIE)).toBe(false);
    });
  });

  it('refuses a wrong password, an unknown and a disabled account in the very same words', async () => {
    await query(`UPDATE account SET disabled_at = now() WHERE account_id = '${BOB}'`);
    const answers = await Promise.all(
      [
        ['alice', 'wrong'],
        ['nobody', PASSWORD],
        ['bob', SECRETS['PASSWORD_OF_bob'] ?? ''],
        ['a\0lice', PASSWORD],
        ['x'.repeat(5000), PASSWORD],
        ['alice', 'x'.repeat(5000)],
      ].map(async ([username = '', password = '']) => {
        const visitor = new TestBrowser(server);
        const id = await beginInteraction(server, visitor);
        const page = await visitor.get(signInPath(id));
        const answer = await visitor.submit(page, { username, password });
        expect(visitor.cookies.has(SESSION_COOKIE)).toBe(false);
        // What differs by nature: the tokens, the id of the page and what was typed.
        const html = answer.html
          .replaceAll(/name="form_token" value="[^"]*"/g, '')
          .replace(/&#34;challenge&#34;:&#34;[\w-]*/, '')
          .replaceAll(id, '')
          .replace(/(id="username".*?) value="[^"]*"/, '$1');
        expect(html).not.toContain(password);
        return { status: answer.status, html };
      }),
    );
    for (const answer of answers) expect(answer).toEqual(answers[0]);
    expect(answers[0]?.status).toBe(200);
    await query(`UPDATE account SET disabled_at = NULL`);
  });

  it('keeps the username of a failed attempt, never the password', async () => {
    const answer = await browser.submit(await open(await begin()), {
      username: 'some"one',
      password: 'a-secret-guess',
    });
    expect(usernameOf(answer)).toBe('some&#34;one');
    expect(answer.html).not.toContain('a-secret-guess');
  });

  it.each([{ username: 'alice' }, { password: PASSWORD }, { username: '', password: '' }])(
    'asks for what is missing in %j',
    async (fields) => {
      const answer = await browser.submit(
        await open(await begin()),
        fields as Record<string, string>,
      );
      expect(problemOf(answer)).toMatch(/^<strong>Something is missing/);
    },
  );

  it('tells someone who guesses to wait, with 429 and Retry-After', async () => {
    const id = await begin();
    const page = await open(id);
    let answer = page;
    for (let n = 0; n < 60 && answer.status === 200; n += 1) {
      answer = await browser.submit(page, { username: 'guessed', password: `guess ${n}` });
    }
    expect(answer.status).toBe(429);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(problemOf(answer)).toMatch(/^<strong>Too many attempts/);
    expect(usernameOf(answer)).toBe('guessed');
  });
});

describe('the sign-in page while PostgreSQL is down', () => {
  it('is an error page with 503 and Retry-After; nobody is signed in, and nobody is told no', async () => {
    const database = await createTestDatabase();
    const proxy = await FaultProxy.to(database.url);
    const server = await TestApplication.start({
      database: { ...database, url: proxy.url },
      environment: SHARED_KEY,
    });
    const browser = new TestBrowser(server);
    const id = await beginInteraction(server, browser);
    const page = await browser.get(signInPath(id));
    proxy.become('refuse');
    const answer = await browser.submit(page, { username: 'alice', password: PASSWORD });
    expect(answer.status).toBe(503);
    expect(answer.headers.get('retry-after')).toBe('2');
    expect(answer.html).toContain('Not available right now');
    expect(answer.html).not.toContain('127.0.0.1');
    proxy.become('pass');
    const again = await browser.submit(page, { username: 'alice', password: PASSWORD });
    expect(again.location).toBe(continuePath(id));
    await server.stop();
    await proxy.close();
    await database.drop();
  });
});
