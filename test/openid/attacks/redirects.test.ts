import { request } from 'node:http';
import { OpenIdProvider } from '../../support/openid-provider.js';
import { ELSEWHERE, HOUSE, WEB } from '../../support/openid-provider.clients.js';
import { type Change, RelyingParty } from '../../support/relying-party.js';

const EVIL = 'https://evil.example.com';

describe('open redirects', () => {
  let provider: OpenIdProvider;
  let party: RelyingParty;
  beforeAll(async () => {
    provider = await OpenIdProvider.start();
  }, 60_000);
  beforeEach(() => {
    party = new RelyingParty(provider, HOUSE);
  });
  afterAll(() => provider.stop());

  const VARIANTS: [string, (good: string) => string][] = [
    ['another host', () => `${EVIL}/web/callback`],
    [
      'the good host as user',
      (good) => good.replace('://', '://app.example.com@evil.example.com/'),
    ],
    ['userinfo', (good) => good.replace('://', '://user@')],
    ['the good host as subdomain', (good) => good.replace('.com', '.com.evil.example')],
    ['dot segments', (good) => `${good}/../callback`],
    ['an encoded slash', (good) => good.replace(/\/callback$/, '%2fcallback')],
    ['a backslash', (good) => good.replace(/\/callback$/, '\\callback')],
    ['a further path', (good) => `${good}/more`],
    ['a further query', (good) => `${good}?next=${EVIL}`],
    ['a fragment', (good) => `${good}#`],
    ['upper case in the host', (good) => good.replace('app', 'APP')],
    ['another port', (good) => good.replace('.com', '.com:8443')],
    ['its default port', (good) => good.replace('.com', '.com:443')],
    ['http', (good) => good.replace('https', 'http')],
    ['a script', () => 'javascript:alert(1)'],
    ['data', () => 'data:text/html,<script>alert(1)</script>'],
    ['no scheme', () => '//evil.example.com/callback'],
    ['a line break', (good) => `${good}\r\nLocation: ${EVIL}`],
  ];

  it.each(VARIANTS)('at sign-in: a redirect_uri with %s ends on a page', async (_, vary) => {
    const redirect_uri = vary(WEB.redirectUri);
    const changes: Change[] = [{}, { prompt: 'none' }, { response_mode: 'form_post' }];
    for (const change of changes) {
      const web = new RelyingParty(provider, WEB);
      const page = await web.open({ redirect_uri, ...change });
      expect([page.url.origin, page.status, page.form]).toEqual([provider.issuer, 400, null]);
      expect(page.html).not.toMatch(/href="[^"]*evil|http-equiv/i);
    }
  });

  it.each(VARIANTS)(
    'at sign-out: a post_logout_redirect_uri with %s leads nowhere',
    async (_, vary) => {
      const { id_token } = await party.signIn();
      const uri = vary(HOUSE.postLogoutRedirectUri.replace(/signed-out$/, 'callback'));
      const query = new URLSearchParams({ id_token_hint: id_token, post_logout_redirect_uri: uri });
      const page = await party.browser.open(`${provider.issuer}/oauth2/logout?${query}`);
      expect(page.url.origin).toBe(provider.issuer);
      expect(page.html).not.toContain('evil.example');
    },
  );

  it('parameters that lead on elsewhere mean nothing to any page', async () => {
    const names = ['next', 'return_to', 'returnTo', 'continue', 'redirect', 'url', 'redirect_to'];
    const lure = new URLSearchParams(Object.fromEntries(names.map((n) => [n, EVIL]))).toString();
    const page = await party.open();
    const { username, password } = provider.alice;
    const target = `${page.form?.action}?${lure}`;
    const fields = { ...page.form?.fields, ...Object.fromEntries(names.map((n) => [n, EVIL])) };
    const end = await party.browser.post(
      target,
      { ...fields, username, password },
      provider.issuer,
    );
    expect(end.url.origin).toBe(ELSEWHERE);
    expect(party.responseOf(end).has('code')).toBe(true);
  });

  it.each(['host', 'x-forwarded-host', 'forwarded', 'x-original-url', 'referer'])(
    'a foreign %s header decides nothing about where a browser is sent',
    async (header) => {
      const value = header === 'forwarded' ? 'host=evil.example.com' : 'evil.example.com';
      const path = `/oauth2/authorize?${new URLSearchParams(party.parameters())}`;
      const location = await new Promise<string | undefined>((resolve, reject) => {
        request(`${provider.issuer}${path}`, { headers: { [header]: value } }, (response) => {
          response.resume();
          resolve(response.headers.location);
        })
          .on('error', reject)
          .end();
      });
      expect(location).toMatch(/^\/interaction\/[\w-]{22}\/sign-in$/);
    },
  );
});
