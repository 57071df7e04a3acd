import { OpenIdProvider } from '../../support/openid-provider.js';
import { WEB } from '../../support/openid-provider.clients.js';
import { RelyingParty, type Tokens } from '../../support/relying-party.js';

const PROFILE = {
  name: 'alice Example',
  given_name: 'alice',
  family_name: 'Example',
  picture: 'https://pictures.example.com/alice.png',
  locale: 'en-GB',
  zoneinfo: 'Europe/Berlin',
  preferred_username: 'alice',
  updated_at: expect.any(Number),
};
const EMAIL = { email: 'alice@example.com', email_verified: true };
const ADDRESS = { address: { formatted: 'Example Street 1, 12345 Berlin', locality: 'Berlin' } };
const PHONE = { phone_number: '+491700000001', phone_number_verified: true };

describe('Basic OP: claims and where they are asked for', () => {
  let provider: OpenIdProvider;
  let party: RelyingParty;
  beforeAll(async () => {
    provider = await OpenIdProvider.start();
    party = new RelyingParty(provider, WEB);
  }, 60_000);
  afterAll(() => provider.stop());

  describe('ways to ask', () => {
    const ask = (init: RequestInit) => fetch(`${provider.issuer}/oauth2/userinfo`, init);
    const bearer = ({ access_token: token }: Tokens) => ({ authorization: `Bearer ${token}` });

    it.each<[string, (tokens: Tokens) => RequestInit]>([
      ['oidcc-userinfo-get', (tokens) => ({ headers: bearer(tokens) })],
      ['oidcc-userinfo-post-header', (tokens) => ({ method: 'POST', headers: bearer(tokens) })],
      [
        'oidcc-userinfo-post-body',
        ({ access_token }) => ({ method: 'POST', body: new URLSearchParams({ access_token }) }),
      ],
    ])('%s', async (_, request) => {
      const tokens = await party.signIn({ scope: 'openid' });
      const response = await ask(request(tokens));
      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')).toMatch(/^application\/json/);
      expect(await response.json()).toEqual({ sub: provider.alice.accountId });
    });
  });

  it.each([
    ['oidcc-scope-profile', 'openid profile', PROFILE],
    ['oidcc-scope-email', 'openid email', EMAIL],
    ['oidcc-scope-address', 'openid address', ADDRESS],
    ['oidcc-scope-phone', 'openid phone', PHONE],
    [
      'oidcc-scope-all',
      'openid profile email address phone',
      { ...PROFILE, ...EMAIL, ...ADDRESS, ...PHONE },
    ],
    ['oidcc-alternate-happy-flow', 'email openid', EMAIL],
    // The former name of the same module.
    ['oidcc-ensure-other-scope-order-succeeds', 'phone email openid', { ...EMAIL, ...PHONE }],
  ])('%s', async (_, scope, claims) => {
    const tokens = await party.signIn({ scope });
    expect([...tokens.scope.split(' ')].sort()).toEqual(scope.split(' ').sort());
    expect(await (await party.userinfo(tokens)).json()).toEqual({
      sub: provider.alice.accountId,
      ...claims,
    });
    // They are for whoever asks, and in no ID token of the code flow (Core section 5.4).
    for (const claim of Object.keys(claims)) {
      expect(await party.claims(tokens)).not.toHaveProperty(claim);
    }
  });
});
