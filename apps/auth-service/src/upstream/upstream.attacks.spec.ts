import { generateKeyPair } from 'jose';
import { PostgresDatabase } from '../storage/postgres/postgres.database.js';
import { type TestApplication } from '../testing/test-application.js';
import { TestBrowser } from '../testing/test-browser.js';
import { TestProvider } from '../testing/test-provider.js';
import {
  buttonOf,
  problemOf,
  startWithUpstreams,
  UpstreamVisit,
} from '../testing/upstream.fixture.js';

describe('attacks on sign-in by an upstream provider', () => {
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
    acme.reset({ sub: `person-${people}` });
    globex.reset({ sub: `person-${people}` });
    visit = new UpstreamVisit(server);
  });

  const pathOf = ({ pathname, search }: URL) => `${pathname}${search}`;
  const tokenRequests = (provider: TestProvider) =>
    provider.requests.filter((path) => path === '/token').length;
  const forget = () =>
    server.app
      .get(PostgresDatabase, { strict: false })
      .manager.query(`UPDATE upstream SET updated_at = now()`);

  it('takes an answer once', async () => {
    const callback = acme.authorize(await visit.leave('acme'));
    await visit.comeBack(callback);
    expect(visit.isSignedIn).toBe(true);
    const again = await visit.browser.get(pathOf(callback));
    expect(again.status).toBe(400);
    expect(again.html).toContain('was used before');
    expect(tokenRequests(acme)).toBe(1);
  });

  it('takes it once of twenty at once', async () => {
    const callback = acme.authorize(await visit.leave('acme'));
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => visit.browser.get(pathOf(callback))),
    );
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).toEqual([303, ...Array.from({ length: 19 }, () => 400)]);
    expect(tokenRequests(acme)).toBe(1);
  });

  it('takes no answer from another browser, and leaves it to the one that asked', async () => {
    const callback = acme.authorize(await visit.leave('acme'));
    const thief = new UpstreamVisit(server);
    await thief.arrive();
    const stolen = await thief.browser.get(pathOf(callback));
    expect(stolen.status).toBe(400);
    expect(stolen.headers.getSetCookie()).toEqual([]);
    expect(tokenRequests(acme)).toBe(0);
    await visit.comeBack(callback);
    expect(visit.isSignedIn).toBe(true);
  });

  it('gives a browser that asked for nothing no cookie', async () => {
    const callback = acme.authorize(await visit.leave('acme'));
    const answer = await new TestBrowser(server).get(pathOf(callback));
    expect(answer.status).toBe(400);
    expect(answer.headers.getSetCookie()).toEqual([]);
  });

  it.each(['', '?', '?state=', '?code=a&state=b', '?state=a&state=b', '?state=%ff'])(
    'refuses the callback %s as a page',
    async (query) => {
      await visit.arrive();
      const answer = await visit.browser.get(`/upstream/callback/acme${query}`);
      expect(answer.status).toBe(400);
      expect(answer.headers.get('content-type')).toContain('text/html');
    },
  );

  it('brings no code of one provider to another one, whose answer was awaited', async () => {
    const asked = await visit.leave('acme');
    const elsewhere = globex.authorize(await new UpstreamVisit(server).leave('globex'));
    const mixed = acme.authorize(asked, {
      code: elsewhere.searchParams.get('code'),
      iss: globex.issuer,
    });
    expect(problemOf(await visit.comeBack(mixed))).toBe('That did not work.');
    expect(tokenRequests(acme) + tokenRequests(globex)).toBe(0);
  });

  it('takes no answer at the callback of another provider', async () => {
    const callback = globex.authorize(await visit.leave('globex'));
    callback.pathname = callback.pathname.replace('globex', 'acme');
    const answer = await visit.browser.get(pathOf(callback));
    expect(answer.status).toBe(400);
    expect(tokenRequests(acme) + tokenRequests(globex)).toBe(0);
  });

  it('takes no answer without iss of a provider that says it', async () => {
    const callback = acme.authorize(await visit.leave('acme'), { iss: null });
    expect(problemOf(await visit.comeBack(callback))).toBe('That did not work.');
    expect(tokenRequests(acme)).toBe(0);
  });

  it('gets nothing for a code that was meant for another browser', async () => {
    const injected = acme.authorize(await new UpstreamVisit(server).leave('acme'));
    const callback = acme.authorize(await visit.leave('acme'), {
      code: injected.searchParams.get('code'),
    });
    expect(problemOf(await visit.comeBack(callback))).toBe('That did not work.');
    expect(tokenRequests(acme)).toBe(1);
    expect(visit.isSignedIn).toBe(false);
  });

  it.each([
    ['of another nonce', { nonce: 'another' }],
    ['without nonce', { nonce: undefined }],
    ['for another audience', { aud: 'another' }],
    ['for others too, of another party', { aud: ['keyward', 'another'], azp: 'another' }],
    ['of another issuer', { iss: 'https://another.example' }],
    ['that expired', { exp: 1_000_000_000 }],
    ['without sub', { sub: undefined }],
    ['of a sub that is no text', { sub: 'a\u0000b' }],
  ])('takes no ID token %s', async (_, claims) => {
    acme.idTokenClaims = claims;
    expect(problemOf(await visit.signIn(acme, 'acme'))).toBe('That did not work.');
    expect(visit.isSignedIn).toBe(false);
  });

  it('takes no ID token by another key', async () => {
    acme.signingKey = (await generateKeyPair('ES256')).privateKey;
    expect(problemOf(await visit.signIn(acme, 'acme'))).toBe('That did not work.');
    expect(visit.isSignedIn).toBe(false);
  });

  it('believes nothing that userinfo says about somebody else', async () => {
    const { sub } = acme.person;
    acme.idTokenClaims = { sub: String(sub) };
    acme.person = { sub: 'somebody-else', email: 'alice@example.com', email_verified: true };
    expect(problemOf(await visit.signIn(acme, 'acme'))).toBe('That did not work.');
    expect(visit.isSignedIn).toBe(false);
  });

  it('knows nobody by the sub that another provider gave them', async () => {
    await visit.signIn(acme, 'acme');
    const other = new UpstreamVisit(server);
    const page = await other.signIn(globex, 'globex');
    expect(problemOf(page)).toBe('There is no account here for the one that you used.');
    expect(other.isSignedIn).toBe(false);
  });

  it.each([
    ['access_denied', 'That was cancelled.'],
    ['server_error', 'That did not work.'],
    ['<script>alert(1)</script>', 'That did not work.'],
  ])('has words of its own for the error %s', async (error, expected) => {
    const callback = acme.authorize(await visit.leave('acme'), {
      code: null,
      error,
      error_description: '<b>their words</b>',
    });
    const page = await visit.comeBack(callback);
    expect(problemOf(page)).toBe(expected);
    expect(page.html).not.toContain('their words');
    expect(page.html).not.toContain('alert(1)');
  });

  it('begins nothing without the form of its own page', async () => {
    const { action } = buttonOf(await visit.arrive(), 'acme');
    expect((await visit.browser.post(action, {})).status).toBe(403);
    const { fields } = buttonOf(await new UpstreamVisit(server).arrive(), 'acme');
    expect((await visit.browser.post(action, fields)).status).toBe(403);
    const own = buttonOf(await visit.arrive(), 'acme');
    const foreign = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' };
    expect((await visit.browser.post(own.action, own.fields, foreign)).status).toBe(403);
  });

  describe('by a provider that does not answer as it should', () => {
    const UNAVAILABLE = 'That service does not answer right now.';
    const DISCOVERY = '/.well-known/openid-configuration';

    it.each<[string, string, number, Record<string, string>, string]>([
      ['fails', DISCOVERY, 500, {}, ''],
      ['leads elsewhere', DISCOVERY, 302, { location: 'http://127.0.0.1:1/' }, ''],
      ['is another issuer', DISCOVERY, 200, {}, '{"issuer":"https://another.example"}'],
      ['says too much', DISCOVERY, 200, {}, `{"issuer":"${'x'.repeat(300_000)}"}`],
    ])('leaves nobody waiting where its metadata %s', async (_, path, status, headers, body) => {
      await forget();
      acme.handlers.set(path, (_request, response) => {
        response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);
      });
      const page = await visit.follow(await visit.choose(await visit.arrive(), 'acme'));
      expect(page.status).toBe(503);
      expect(page.headers.get('retry-after')).toBe('30');
      expect(problemOf(page)).toBe(UNAVAILABLE);
      // The other ways in are there all the same, and so is this one once it answers.
      expect(page.html).toContain('name="password"');
      acme.handlers.clear();
      expect((await visit.choose(page, 'acme')).location).toContain(`${acme.issuer}/authorize`);
    });

    it.each([500, 503, 307])('says so where its token endpoint answers %i', async (status) => {
      acme.handlers.set('/token', (_request, response) => {
        response.writeHead(status, { location: `${globex.issuer}/token` }).end();
      });
      const page = await visit.signIn(acme, 'acme');
      expect([page.status, problemOf(page)]).toEqual([503, UNAVAILABLE]);
      expect(tokenRequests(globex)).toBe(0);
    });

    it('gives up on a token endpoint that says nothing, and on one that never ends', async () => {
      const endless = new UpstreamVisit(server);
      acme.handlers.set('/token', () => undefined);
      globex.handlers.set('/token', (_request, response) => {
        response.writeHead(200, { 'content-type': 'application/json' }).write('{');
      });
      const begun = Date.now();
      const pages = await Promise.all([
        visit.signIn(acme, 'acme'),
        endless.signIn(globex, 'globex'),
      ]);
      expect(pages.map(problemOf)).toEqual([UNAVAILABLE, UNAVAILABLE]);
      expect(Date.now() - begun).toBeLessThan(20_000);
    });
  });
});
