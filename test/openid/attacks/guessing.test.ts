import { HttpBrowser, type HttpPage } from '../../support/http-browser.js';
import { OpenIdProvider } from '../../support/openid-provider.js';
import { HOUSE } from '../../support/openid-provider.clients.js';
import { RelyingParty } from '../../support/relying-party.js';

const FREE_ATTEMPTS = 5;

describe('guessing at the sign-in page', () => {
  let provider: OpenIdProvider;
  let party: RelyingParty;
  beforeAll(async () => {
    provider = await OpenIdProvider.start();
  }, 60_000);
  beforeEach(() => {
    party = new RelyingParty(provider, HOUSE);
  });
  afterAll(() => provider.stop());

  const attempt = async (username: string, password: string) =>
    party.browser.submit(await party.open(), { username, password });
  /** All that an attacker sees, without what is random or their own. */
  const seen = ({ status, headers, html, form }: HttpPage, username: string) => ({
    status,
    headers: [...headers].filter(([name]) => !['date', 'x-request-id'].includes(name)),
    html: [form?.fields['form_token'] ?? '', form?.action.split('/').at(-2) ?? '', username].reduce(
      (text, secret) => (secret === '' ? text : text.replaceAll(secret, '*')),
      html,
    ),
  });

  it('does not tell who has an account (user enumeration by text, status and headers)', async () => {
    // Names of one length, so that the length of the page says nothing either.
    const answers = [];
    for (const username of ['alice', 'alicf']) {
      answers.push(seen(await attempt(username, 'not the password'), username));
    }
    expect(answers[0]).toEqual(answers[1]);
    expect(answers[0]?.html).toContain('That did not match.');
  });

  it('waits longer and longer, for a name that is nobody’s too, and locks nobody out elsewhere', async () => {
    for (const username of ['bob', 'nobody']) {
      const pages: HttpPage[] = [];
      for (let i = 0; i <= FREE_ATTEMPTS; i += 1) pages.push(await attempt(username, `guess ${i}`));
      expect(pages.map(({ status }) => status).slice(0, FREE_ATTEMPTS)).not.toContain(429);
      const braked = pages.at(-1);
      expect(braked?.status).toBe(429);
      expect(Number(braked?.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(braked?.html).toContain('Too many attempts.');
    }
    // Not even the right password is looked at meanwhile, and the answer does not tell.
    const right = await attempt('bob', provider.bob.password);
    expect(right.status).toBe(429);
    // Others of the same address sign in.
    expect((await party.authorize()).has('code')).toBe(true);
  });

  it('takes parallel guesses for what they are', async () => {
    const pages = await Promise.all(
      Array.from({ length: 20 }, async (_, i) => {
        const browser = new HttpBrowser([provider.issuer]);
        const page = await browser.open(provider.authorizationUrl(party.parameters()));
        return browser.submit(page, { username: 'carol', password: `guess ${i}` });
      }),
    );
    const looked = pages.filter(({ status }) => status !== 429);
    expect(looked.length).toBeLessThanOrEqual(FREE_ATTEMPTS);
  });
});
