import { type HttpPage } from '../../support/http-browser.js';
import { OpenIdProvider } from '../../support/openid-provider.js';
import { ELSEWHERE, HOUSE, WEB } from '../../support/openid-provider.clients.js';
import { RelyingParty } from '../../support/relying-party.js';

const EVIL = 'https://evil.example.com';

describe('the pages, in the hands of another site', () => {
  let provider: OpenIdProvider;
  let party: RelyingParty;
  beforeAll(async () => {
    provider = await OpenIdProvider.start({ environment: { AUTH_CORS_ORIGINS: ELSEWHERE } });
  }, 60_000);
  beforeEach(() => {
    party = new RelyingParty(provider, WEB);
  });
  afterAll(() => provider.stop());

  const signedIn = async () => {
    const house = new RelyingParty(provider, HOUSE);
    house.browser = party.browser;
    await house.authorize();
  };
  /** Each page with a form that acts, and what its button does. */
  const FORMS: [string, () => Promise<HttpPage>, Record<string, string>][] = [
    ['sign-in', () => party.open(), {}],
    [
      'select-account',
      async () => (await signedIn(), party.open({ prompt: 'select_account' })),
      { choice: 'continue' },
    ],
    [
      'consent',
      async () => (await signedIn(), party.open({ prompt: 'consent' })),
      { decision: 'allow' },
    ],
    [
      'sign-out',
      async () => (await signedIn(), party.browser.open(`${provider.issuer}/oauth2/logout`)),
      {},
    ],
  ];
  const filled = (page: HttpPage, button: Record<string, string>): Record<string, string> => {
    const { username, password } = provider.alice;
    const fields = page.form?.fields ?? {};
    return { ...fields, ...('password' in fields && { username, password }), ...button };
  };

  it.each(FORMS)(
    '%s is shown in no frame, kept in no cache, read by no other page',
    async (...row) => {
      const page = await row[1]();
      expect(page.form).not.toBeNull();
      for (const origin of [ELSEWHERE, EVIL]) {
        const cookie = [...party.browser.cookiesOf(page.url)]
          .map((pair) => pair.join('='))
          .join('; ');
        const { status, headers } = await fetch(page.url, { headers: { cookie, origin } });
        expect(status).toBe(200);
        const policy = headers.get('content-security-policy') ?? '';
        expect(policy.split(/; */)).toEqual(
          expect.arrayContaining([
            "frame-ancestors 'none'",
            "default-src 'none'",
            "base-uri 'none'",
          ]),
        );
        expect(policy).not.toMatch(/unsafe|\*/);
        expect(headers.get('x-frame-options')).toBe('DENY');
        expect(headers.get('x-content-type-options')).toBe('nosniff');
        expect(headers.get('cache-control')).toContain('no-store');
        expect(headers.get('access-control-allow-origin')).toBeNull();
        expect(headers.get('access-control-allow-credentials')).toBeNull();
      }
    },
  );

  describe.each(FORMS)('the form of %s, posted', (_, open, button) => {
    it.each<[string, (page: HttpPage) => Promise<HttpPage>]>([
      [
        'without its token',
        ({ form, url }) =>
          party.browser.post(form?.action ?? '', { ...button, form_token: '' }, url.origin),
      ],
      [
        'with the token of another browser',
        async (page) => {
          const mine = party;
          party = new RelyingParty(provider, WEB);
          const other = await open();
          party = mine;
          const form_token = other.form?.fields['form_token'] ?? '';
          expect(form_token).not.toBe('');
          const fields = { ...filled(page, button), form_token };
          return party.browser.post(page.form?.action ?? '', fields, page.url.origin);
        },
      ],
      [
        'by another site, with its right token',
        (page) => party.browser.post(page.form?.action ?? '', filled(page, button), EVIL),
      ],
      [
        'by a page without origin, with its right token',
        (page) => party.browser.post(page.form?.action ?? '', filled(page, button), 'null'),
      ],
    ])('%s does nothing', async (_case, post) => {
      const page = await open();
      const before = [...party.browser.cookiesOf(provider.issuer)];
      const refused = await post(page);
      expect(refused.status).toBe(403);
      expect(refused.url.origin).toBe(provider.issuer);
      // Nobody is signed in, out, or chosen, and nothing is allowed: the page still asks.
      expect([...party.browser.cookiesOf(provider.issuer)]).toEqual(before);
      const again = await party.browser.open(page.url);
      expect(again.form?.action).toBe(page.form?.action);
      expect((await party.browser.submit(again, filled(again, button))).status).not.toBe(403);
    });
  });
});
