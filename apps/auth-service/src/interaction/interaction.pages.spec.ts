import { beginInteraction, interactionNow } from '../testing/begin-interaction.js';
import { TestApplication } from '../testing/test-application.js';
import { TestBrowser } from '../testing/test-browser.js';
import { ALICE, BOB, ORDERS, PAYMENTS, SECRETS } from '../testing/bootstrap.fixture.js';
import { ConsentStore } from '../consent/consent.store.js';
import { PostgresDatabase } from '../storage/postgres/postgres.database.js';
import { consentPath, continuePath, selectAccountPath, signInPath } from './interaction.paths.js';

const PAGES = [
  ['sign-in', signInPath],
  ['account', selectAccountPath],
  ['consent', consentPath],
] as const;

describe('the pages of an interaction', () => {
  let server: TestApplication;
  let browser: TestBrowser;
  beforeAll(async () => {
    server = await TestApplication.start();
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    browser = new TestBrowser(server);
    await database().query('DELETE FROM consent');
  });

  const database = () => server.app.get(PostgresDatabase, { strict: false }).manager;
  const consents = () => server.app.get(ConsentStore, { strict: false });
  const begin = (request: Parameters<typeof beginInteraction>[2] = {}) =>
    beginInteraction(server, browser, request);
  const signIn = async (id: string, username: 'alice' | 'bob' = 'alice') => {
    const password = SECRETS[`PASSWORD_OF_${username}`] ?? '';
    const answer = await browser.submit(await browser.get(signInPath(id)), { username, password });
    expect(answer.location).toBe(continuePath(id));
  };
  const beginSignedIn = async (request: Parameters<typeof beginInteraction>[2] = {}) => {
    const id = await begin(request);
    await signIn(id);
    return id;
  };
  const fieldsOf = {
    'sign-in': { username: 'x', password: 'y' },
    account: { choice: 'continue' },
    consent: { decision: 'allow' },
  };

  describe.each(PAGES)('%s', (name, pathOf) => {
    it('is for the browser that began, and tells another one nothing', async () => {
      const id = await beginSignedIn();
      const strangers = [new TestBrowser(server), new TestBrowser(server)];
      strangers[1]?.become();
      const unknown = await browser.get(pathOf('A'.repeat(22)));
      for (const stranger of strangers) {
        const answer = await stranger.get(pathOf(id));
        expect(answer.status).toBe(404);
        expect(answer.location).toBeNull();
        expect(answer.html).toContain('Start again at the application');
        const words = ({ html }: { html: string }) => html.replaceAll(/[\da-f-]{36}/g, '');
        expect(words(answer)).toBe(words(unknown));
        expect((await stranger.post(pathOf(id), fieldsOf[name])).status).toBe(404);
      }
    });

    it.each(['x', '%00', 'a'.repeat(23), '..%2f..', `${'a'.repeat(21)}%0a`])(
      'is an error page for the id %s',
      async (id) => {
        const answer = await browser.get(pathOf(id));
        expect(answer.status).toBe(404);
        expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
      },
    );

    it('may stand in no frame, load nothing foreign and run no script but that for passkeys', async () => {
      const id = await beginSignedIn();
      const { headers, html } = await browser.get(pathOf(id));
      expect(headers.get('content-security-policy')).toBe(
        "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; " +
          (name === 'sign-in' ? "script-src 'self'; " : '') +
          "form-action 'self' https:; base-uri 'none'; frame-ancestors 'none'",
      );
      expect(headers.get('x-frame-options')).toBe('DENY');
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('cross-origin-opener-policy')).toBe('same-origin');
      const others = html.replace(
        /<script src="\/assets\/passkey\.[\w-]+\.js" defer><\/script>/,
        '',
      );
      expect(others).not.toMatch(/<script|<style|style=|\son\w+=/);
      expect(others !== html).toBe(name === 'sign-in');
    });

    it.each([
      ['no token', { form_token: '' }, {}],
      ['a made-up token', { form_token: 'A'.repeat(43) }, {}],
      ['a foreign origin', {}, { origin: 'https://evil.example.com' }],
      ['an opaque origin', {}, { origin: 'null' }],
      ['a sibling site', {}, { 'sec-fetch-site': 'same-site' }],
      ['another site', {}, { 'sec-fetch-site': 'cross-site' }],
    ])('takes no form with %s, and does nothing', async (_, change, headers) => {
      const id = await beginSignedIn();
      const before = await interactionNow(server, id);
      const page = await browser.get(pathOf(id));
      const fields = { ...fieldsOf[name], ...change };
      const answer = await browser.submit(page, fields, headers as Record<string, string>);
      expect(answer.status).toBe(403);
      expect(answer.location).toBeNull();
      expect(answer.html).toContain('Nothing was done');
      expect(await interactionNow(server, id)).toEqual(before);
      expect(await consents().find(ALICE, 'web')).toBeNull();
    });

    it('takes no token of another page, nor of the same page of another interaction', async () => {
      const first = await beginSignedIn();
      const cookies = new Map(browser.cookies);
      for (const [other, otherPathOf] of PAGES) {
        if (other === name) continue;
        const page = await browser.get(otherPathOf(first));
        const token = /name="form_token" value="([^"]+)"/.exec(page.html)?.[1] ?? '';
        const answer = await browser.post(pathOf(first), { ...fieldsOf[name], form_token: token });
        expect(answer.status).toBe(403);
      }
      const page = await browser.get(pathOf(first));
      const token = /name="form_token" value="([^"]+)"/.exec(page.html)?.[1] ?? '';
      const second = await begin();
      cookies.forEach((value, key) => {
        if (key.endsWith('session')) browser.cookies.set(key, value);
      });
      const answer = await browser.post(pathOf(second), { ...fieldsOf[name], form_token: token });
      expect(answer.status).toBe(403);
    });

    it('is an error page once the client is disabled', async () => {
      const id = await beginSignedIn();
      await database().query(`UPDATE client SET disabled_at = now() WHERE client_id = 'web'`);
      expect((await browser.get(pathOf(id))).status).toBe(404);
      await database().query(`UPDATE client SET disabled_at = NULL`);
    });
  });

  describe('account', () => {
    it('offers the account that is signed in, or another one', async () => {
      const id = await beginSignedIn({ prompt: ['select_account'] });
      const page = await browser.get(selectAccountPath(id));
      expect(page.html).toContain('Continue as <bdi>Alice Archer</bdi>');
      const another = await browser.submit(page, { choice: 'another' });
      expect(another.location).toBe(signInPath(id));
      const same = await browser.submit(page, { choice: 'continue' });
      expect(same.location).toBe(continuePath(id));
      expect((await interactionNow(server, id))?.selectedSid).toMatch(/^[\da-f-]{36}$/);
      expect((await browser.submit(page, { choice: 'x' })).status).toBe(400);
    });

    it('takes no choice for whoever signed in since', async () => {
      const id = await beginSignedIn({ prompt: ['select_account'] });
      const page = await browser.get(selectAccountPath(id));
      await signIn(id, 'bob');
      expect((await browser.submit(page, { choice: 'continue' })).status).toBe(403);
    });
  });

  describe.each([
    ['account', selectAccountPath],
    ['consent', consentPath],
  ])('%s', (_, pathOf) => {
    it('sends someone who is not signed in to sign in', async () => {
      const id = await begin();
      expect((await browser.get(pathOf(id))).location).toBe(signInPath(id));
      expect((await browser.post(pathOf(id), {})).location).toBe(signInPath(id));
    });
  });

  describe('consent', () => {
    const scope = ['openid', 'email', 'offline_access', 'orders:read', 'audit'];

    it('says who asks for what, in words, each thing under the resource that it is for', async () => {
      const id = await beginSignedIn({ scope, resources: [ORDERS] });
      const { html } = await browser.get(consentPath(id));
      expect(html).toContain('<bdi>Web shop</bdi> asks for access');
      expect(html).toContain('Alice Archer');
      expect(html).toContain('web.example.com');
      const groups = [...html.matchAll(/<h2[^>]*><bdi>(.*?)<\/bdi><\/h2>\s*<ul>(.*?)<\/ul>/gs)].map(
        ([, name, list = '']) => [
          name,
          [...list.matchAll(/<li>(?:<code>)?(.*?)(?:<\/code>)?<\/li>/g)].map(([, text]) => text),
        ],
      );
      expect(groups).toEqual([
        [
          'Your account',
          [
            'Know which account is yours',
            'See your email address',
            'Keep this access after you sign out',
          ],
        ],
        ['Orders', ['orders:read', 'audit']],
      ]);
      const both = await beginSignedIn({ scope: ['audit', 'gone'], resources: [ORDERS, PAYMENTS] });
      const headings = [
        ...(await browser.get(consentPath(both))).html.matchAll(/<h2[^>]*><bdi>(.*?)</g),
      ];
      expect(headings.map(([, name]) => name)).toEqual(['Orders', 'Payments', 'Other']);
    });

    it('remembers what was allowed, and who allowed it', async () => {
      const id = await beginSignedIn({ scope, resources: [ORDERS] });
      const answer = await browser.submit(await browser.get(consentPath(id)), {
        decision: 'allow',
      });
      expect([answer.status, answer.location]).toEqual([303, continuePath(id)]);
      expect((await interactionNow(server, id))?.consent).toEqual({
        accountId: ALICE,
        allowed: true,
      });
      const consent = await consents().find(ALICE, 'web');
      expect(new Set(consent?.scope)).toEqual(new Set(scope));
      expect(consent?.resources).toEqual([ORDERS]);
    });

    it('keeps a refusal for this request, and nothing in store', async () => {
      const id = await beginSignedIn({ scope });
      const answer = await browser.submit(await browser.get(consentPath(id)), { decision: 'deny' });
      expect(answer.location).toBe(continuePath(id));
      expect((await interactionNow(server, id))?.consent).toEqual({
        accountId: ALICE,
        allowed: false,
      });
      expect(await consents().find(ALICE, 'web')).toBeNull();
    });

    it('takes no consent that was asked of another account than the one signed in now', async () => {
      const id = await beginSignedIn({ scope });
      const page = await browser.get(consentPath(id));
      await signIn(id, 'bob');
      expect((await browser.submit(page, { decision: 'allow' })).status).toBe(403);
      expect((await interactionNow(server, id))?.consent).toBeNull();
      expect(await consents().find(BOB, 'web')).toBeNull();
    });

    it.each(['', 'yes', 'ALLOW'])('takes no decision %p for a yes', async (decision) => {
      const id = await beginSignedIn({ scope });
      const answer = await browser.submit(await browser.get(consentPath(id)), { decision });
      expect(answer.status).toBe(400);
      expect(await consents().find(ALICE, 'web')).toBeNull();
    });

    it('has no consent to give for an account that was disabled since', async () => {
      const id = await beginSignedIn({ scope });
      const page = await browser.get(consentPath(id));
      await database().query(
        `UPDATE account SET disabled_at = now() WHERE account_id = '${ALICE}'`,
      );
      const answer = await browser.submit(page, { decision: 'allow' });
      await database().query('UPDATE account SET disabled_at = NULL');
      expect(answer.location).toBe(signInPath(id));
      expect(await consents().find(ALICE, 'web')).toBeNull();
    });
  });

  it('are error pages for a body that is too large, or of a type that no form has', async () => {
    const path = signInPath(await begin());
    const large = await browser.post(path, { a: 'x'.repeat(70_000) });
    const json = await browser.post(path, {}, { 'content-type': 'application/json' });
    expect([large.status, json.status]).toEqual([413, 415]);
    for (const { headers } of [large, json]) {
      expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
      expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    }
  });
});
