/** What a backend for pages lets through, on both platforms, against those who would use it for themselves. */
import { BffStack, type Platform } from './support/bff-stack.js';
import { type HttpBrowser } from './support/http-browser.js';

interface Echo {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly size: number;
}

describe.each<Platform>(['Express', 'Fastify'])('a backend on %s', (platform) => {
  let stack: BffStack;
  let browser: HttpBrowser;
  beforeAll(async () => {
    stack = await BffStack.start(platform);
    browser = stack.browser();
    await stack.signIn(browser);
  }, 60_000);
  afterAll(() => stack?.stop(), 30_000);

  const session = () => browser.cookiesOf(stack.url).get('__Host-bff-session');

  it('leaves the routes of the application alone', async () => {
    expect(await (await stack.call(browser, '/mine')).json()).toEqual({ own: true });
  });

  it('says who is signed in, and no more than it was told to', async () => {
    const answer = await stack.call(browser, '/bff/user');
    expect(await answer.json()).toEqual({
      signed_in: true,
      claims: { name: expect.any(String) },
      session_ends_at: expect.any(Number),
    });
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  it('passes a call on with a token of its own and without what the browser sent besides', async () => {
    const answer = await stack.call(browser, '/api/things/a%20b?x=1', {
      method: 'POST',
      body: 'x'.repeat(900),
      headers: {
        authorization: 'Bearer of-the-browser',
        'content-type': 'text/plain',
        'idempotency-key': '7',
        'x-forwarded-for': '10.0.0.1',
        'x-secret': 'of the browser',
        dpop: 'a proof',
      },
    });
    const { method, url, headers, size } = (await answer.json()) as Echo;
    expect([method, url, size]).toEqual(['POST', '/things/a%20b?x=1', 900]);
    expect(headers['authorization']).toMatch(/^Bearer eyJ/);
    expect(headers['idempotency-key']).toBe('7');
    for (const name of ['cookie', 'x-forwarded-for', 'x-secret', 'x-csrf', 'dpop', 'origin']) {
      expect(headers[name]).toBeUndefined();
    }
  });

  it('asks for a token of that one service', async () => {
    const { headers } = (await (await stack.call(browser, '/api/things')).json()) as Echo;
    const payload = (headers['authorization'] ?? '').split('.')[1] ?? '';
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { aud: unknown };
    expect([claims.aud].flat()).toEqual([`${stack.service.url}/things`]);
  });

  it('passes no policy and no cookie of the service on to its own origin', async () => {
    const answer = await stack.call(browser, '/api/things/page');
    expect(answer.headers.get('etag')).toBe('"1"');
    expect(answer.headers.get('location')).toBe('/api/things/7?x=1');
    expect(answer.headers.get('content-security-policy')).toBe("default-src 'none'; sandbox");
    for (const name of ['set-cookie', 'access-control-allow-origin', 'clear-site-data']) {
      expect(answer.headers.get(name)).toBeNull();
    }
  });

  it.each([
    ['without the header', { 'x-csrf': '' }],
    ['of another site', { 'sec-fetch-site': 'cross-site' }],
    ['of a neighbour', { 'sec-fetch-site': 'same-site' }],
    ['of another origin', { origin: 'https://evil.example' }],
    ['of no origin', { origin: 'null' }],
  ])('refuses a call %s, whoever sent the cookie', async (_, headers) => {
    const before = stack.service.authorizations.length;
    for (const path of ['/api/things', '/bff/user']) {
      const { status } = await stack.call(browser, path, { headers });
      expect(status).toBe(403);
    }
    expect(stack.service.authorizations).toHaveLength(before);
  });

  it('answers no preflight', async () => {
    const answer = await stack.call(browser, '/api/things', {
      method: 'OPTIONS',
      headers: { origin: 'https://evil.example', 'access-control-request-headers': 'x-csrf' },
    });
    expect(answer.status).toBe(403);
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
  });

  it.each([
    ['/api/things/..%2fadmin', 400],
    ['/api/things//admin', 400],
    ['/api/thingsadmin', 404],
    ['/bff/unknown', 404],
    ['/bff/logout', 405],
  ])('answers %s by %i and asks no service', async (path, status) => {
    const before = stack.service.authorizations.length;
    expect((await stack.call(browser, path)).status).toBe(status);
    expect(stack.service.authorizations).toHaveLength(before);
  });

  it('follows no redirect of a service', async () => {
    const answer = await stack.call(browser, '/api/things/redirect');
    expect([answer.status, await answer.json()]).toEqual([502, { error: 'redirect_refused' }]);
  });

  it.each([['with its length'], ['in chunks']])(
    'takes no body that is too long, %s',
    async (how) => {
      const long = Buffer.alloc(5000);
      const body = how === 'in chunks' ? new Blob([long]).stream() : long;
      const init = { method: 'POST', body, duplex: 'half' } as RequestInit;
      const answer = await stack.call(browser, '/api/things', init as object).catch(() => null);
      expect(answer?.status ?? 413).toBe(413);
    },
  );

  it('gives up a service that is silent, and an answer without end', async () => {
    expect((await stack.call(browser, '/api/things/silent')).status).toBe(502);
    const endless = await stack.call(browser, '/api/things/endless');
    await expect(endless.arrayBuffer()).rejects.toThrow();
  });

  it('makes of a challenge something that a page can act on', async () => {
    const answer = await stack.call(browser, '/api/things/step-up', { method: 'POST', body: 'x' });
    expect([answer.status, answer.headers.get('location')]).toEqual([401, '/api/things/7']);
    expect(await answer.json()).toEqual({
      error: 'insufficient_user_authentication',
      acr_values: 'urn:a urn:b',
      max_age: '60',
      login: '/bff/login?acr_values=urn%3Aa+urn%3Ab&max_age=60',
    });
  });

  it('gets a new token where the service does not take one, and tries once more', async () => {
    expect((await stack.call(browser, '/api/things/once')).status).toBe(200);
    const before = stack.service.authorizations.length;
    expect((await stack.call(browser, '/api/things/never')).status).toBe(502);
    expect(stack.service.authorizations.length - before).toBe(2);
  });

  it('asks the page to send a body again, rather than to lose it', async () => {
    const init = { method: 'POST', body: 'x' };
    const answer = await stack.call(browser, '/api/things/never', init);
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1']);
  });

  it('leads nowhere but to a path of its own after a sign-in', async () => {
    const there = await stack.signIn(stack.browser(), '?return_to=/mine?x=1');
    expect(there.url.href).toBe(`${stack.url}/mine?x=1`);
    const evil = await stack.signIn(stack.browser(), '?return_to=//evil.example/');
    expect(evil.url.href).toBe(`${stack.url}/`);
  });

  describe('takes an answer of the issuer', () => {
    const failureOf = async (visitor: HttpBrowser, url: URL) => {
      const answer = await stack.call(visitor, `${url.pathname}${url.search}`);
      const location = answer.headers.get('location') ?? '';
      return new URL(location, stack.url).searchParams.get('sign_in_error');
    };

    /** A browser that began to sign in, and keeps the cookie of that. */
    async function beginner(): Promise<[HttpBrowser, URL]> {
      const visitor = stack.browser();
      const answer = await stack.call(visitor, '/bff/login');
      const line = answer.headers.getSetCookie()[0] ?? '';
      const [, name = '', value = ''] = /^([^=]+)=([^;]+)/.exec(line) ?? [];
      visitor.cookiesOf(stack.url).set(name, value);
      const issuerOnly = stack.issuerBrowser();
      const page = await stack.provider.complete(
        issuerOnly,
        await issuerOnly.open(answer.headers.get('location') ?? ''),
      );
      return [visitor, page.url];
    }

    it('once', async () => {
      const [visitor, url] = await beginner();
      expect(await failureOf(visitor, url)).toBeNull();
      expect(await failureOf(visitor, url)).toBe('expired');
    });

    it('in the browser that began, and in no other', async () => {
      const [, url] = await beginner();
      expect(await failureOf(stack.browser(), url)).toBe('expired');
      const [other] = await beginner();
      expect(await failureOf(other, url)).toBe('expired');
    });

    it.each([
      ['another issuer', 'iss', 'https://evil.example', 'invalid_response'],
      ['another state', 'state', 'x', 'expired'],
      ['another code', 'code', 'x', 'invalid_grant'],
    ])('not with %s', async (_, name, value, failure) => {
      const [visitor, url] = await beginner();
      url.searchParams.set(name, value);
      expect(await failureOf(visitor, url)).toBe(failure);
      expect(visitor.cookiesOf(stack.url).get('__Host-bff-session')).toBeUndefined();
    });

    it('not without the name of the issuer', async () => {
      const [visitor, url] = await beginner();
      url.searchParams.delete('iss');
      expect(await failureOf(visitor, url)).toBe('invalid_response');
    });
  });

  it('does not begin a sign-in for the page of another site', async () => {
    const headers = { 'sec-fetch-site': 'cross-site', 'sec-fetch-dest': 'document' };
    const answer = await stack.call(browser, '/bff/login', { headers });
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/']);
    const framed = { 'sec-fetch-site': 'same-origin', 'sec-fetch-dest': 'iframe' };
    const other = await stack.call(browser, '/bff/login', { headers: framed });
    expect(other.headers.get('location')).toBe('/');
  });

  it.each([
    ['no token', 'x=1', 400],
    ['no JWT', 'logout_token=x', 400],
    ['two tokens', 'logout_token=x&logout_token=y', 400],
    ['an unsigned one', `logout_token=${'eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.'}`, 400],
    ['a flood', `logout_token=${'x'.repeat(20_000)}`, 413],
  ])('is told by nobody to sign people out, by %s', async (_, body, status) => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const init = { method: 'POST', body, headers };
    expect((await stack.call(stack.browser(), '/bff/backchannel-logout', init)).status).toBe(
      status,
    );
    expect((await stack.call(browser, '/api/things')).status).toBe(200);
  });

  it('signs out by a form of its own alone, and begins with another name next time', async () => {
    const post = (headers: Record<string, string>) =>
      stack.call(browser, '/bff/logout', { method: 'POST', headers });
    for (const foreign of [
      { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' },
      { origin: stack.url, 'sec-fetch-site': 'same-site' },
      { origin: 'null', 'sec-fetch-site': '' },
    ]) {
      expect((await post(foreign)).status).toBe(403);
    }
    expect((await stack.call(browser, '/api/things')).status).toBe(200);
    const name = session();
    const page = await browser.post(`${stack.url}/bff/logout`, {}, stack.url);
    expect(page.url.href).toBe(`${stack.url}/`);
    const late = { headers: { cookie: `__Host-bff-session=${name ?? ''}` } };
    expect((await stack.call(browser, '/api/things', late)).status).toBe(401);
    await stack.signIn(browser);
    expect(session()).not.toBe(name);
  });
});
