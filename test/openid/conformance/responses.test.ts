import { decodeProtectedHeader, SignJWT, generateKeyPair } from 'jose';
import { OpenIdProvider } from '../../support/openid-provider.js';
import { POSTING, WEB } from '../../support/openid-provider.clients.js';
import { type Change, RelyingParty, type Tokens } from '../../support/relying-party.js';

/** What the plan calls a happy flow: every answer is there, and the ID token is the client's. */
async function signsIn(party: RelyingParty, change: Change = {}) {
  const answer = await party.authorize(change);
  expect(Object.fromEntries(answer)).toEqual({
    code: expect.any(String),
    state: 'the-state',
    iss: party.provider.issuer,
  });
  const response = await party.redeem(answer.get('code'));
  expect(response.status).toBe(200);
  expect(response.headers.get('cache-control')).toBe('no-store');
  const tokens = (await response.json()) as Tokens;
  expect(tokens).toMatchObject({ token_type: 'Bearer', expires_in: expect.any(Number) });
  return { tokens, claims: await party.claims(tokens) };
}

describe('Basic OP: requests and their responses', () => {
  let provider: OpenIdProvider;
  beforeAll(async () => {
    provider = await OpenIdProvider.start();
  }, 60_000);
  afterAll(() => provider.stop());

  const web = () => new RelyingParty(provider, WEB);

  it('oidcc-server', async () => {
    const { tokens, claims } = await signsIn(web());
    expect(claims).toMatchObject({ nonce: 'the-nonce', sub: provider.alice.accountId });
    expect(decodeProtectedHeader(tokens.id_token)).toMatchObject({ kid: expect.any(String) });
  });

  it('oidcc-server-client-secret-post', async () => {
    await signsIn(new RelyingParty(provider, POSTING));
  });

  it('oidcc-ensure-request-with-valid-pkce-succeeds', async () => {
    const party = web();
    const code = (await party.authorize()).get('code');
    const other = { code_verifier: web().verifier };
    expect((await party.redeem(code, other)).status).toBe(400);
    expect((await party.redeem(code)).status).toBe(200);
  });

  it('oidcc-response-type-missing', async () => {
    const party = web();
    const answer = party.responseOf(await party.open({ response_type: null }));
    expect(answer.get('error')).toBe('invalid_request');
    expect([answer.get('state'), answer.get('code')]).toEqual(['the-state', null]);
  });

  it('oidcc-ensure-request-without-nonce-succeeds-for-code-flow', async () => {
    const { claims } = await signsIn(web(), { nonce: null });
    expect(claims).not.toHaveProperty('nonce');
  });

  it.each([
    ['oidcc-display-page', { display: 'page' }],
    ['oidcc-display-popup', { display: 'popup' }],
    ['oidcc-ui-locales', { ui_locales: 'se' }],
    ['oidcc-claims-locales', { claims_locales: 'se' }],
    ['oidcc-ensure-request-with-acr-values-succeeds', { acr_values: '1 2' }],
    ['oidcc-ensure-request-with-unknown-parameter-succeeds', { extra: 'foobar' }],
  ])('%s', async (_, change) => {
    await signsIn(web(), change);
  });

  it('oidcc-claims-essential', async () => {
    // The parameter is not supported, which is said in the metadata: it is passed over.
    const claims = JSON.stringify({ userinfo: { name: { essential: true } } });
    const party = web();
    const { tokens } = await signsIn(party, { claims });
    expect(await (await party.userinfo(tokens)).json()).toEqual({ sub: provider.alice.accountId });
  });

  it('oidcc-login-hint', async () => {
    const party = web();
    const page = await party.open({ login_hint: provider.alice.username });
    expect(page.form?.fields['username']).toBe(provider.alice.username);
    await signsIn(party, { login_hint: 'buffy@example.com' });
  });

  it('oidcc-ensure-registered-redirect-uri', async () => {
    const page = await web().open({ redirect_uri: `${WEB.redirectUri}/other` });
    expect([page.url.origin, page.status]).toEqual([provider.issuer, 400]);
    expect(page.html).toContain('redirect_uri');
  });

  it('oidcc-ensure-post-request-succeeds', async () => {
    const party = web();
    const url = `${provider.issuer}/oauth2/authorize`;
    const page = await party.browser.post(url, party.parameters(), 'https://app.example.com');
    const answer = party.responseOf(await provider.complete(party.browser, page));
    expect((await party.redeem(answer.get('code'))).status).toBe(200);
  });

  describe('request objects, which are not supported', () => {
    const requestObject = async (redirectUri: string) => {
      const { privateKey } = await generateKeyPair('ES256');
      const claims = { ...web().parameters(), redirect_uri: redirectUri };
      return new SignJWT(claims).setProtectedHeader({ alg: 'ES256' }).sign(privateKey);
    };
    const unsigned = () => {
      const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
      return `${encode({ alg: 'none' })}.${encode(web().parameters())}.`;
    };
    const refusal = async (change: Change) => {
      const party = web();
      const answer = party.responseOf(await party.open(change));
      return [answer.get('error'), answer.get('state')];
    };

    it('oidcc-unsigned-request-object-supported-correctly-or-rejected-as-unsupported', async () => {
      const refused = await refusal({ request: unsigned() });
      expect(refused).toEqual(['request_not_supported', 'the-state']);
    });

    it('oidcc-request-uri-unsigned-supported-correctly-or-rejected-as-unsupported', async () => {
      const refused = await refusal({ request_uri: 'https://app.example.com/request.jwt' });
      expect(refused).toEqual(['request_uri_not_supported', 'the-state']);
    });

    it('oidcc-ensure-request-object-with-redirect-uri', async () => {
      // The one outside is what counts, as nothing inside is looked at: a stranger's ends on a page.
      const request = await requestObject(WEB.redirectUri);
      const page = await web().open({ request, redirect_uri: 'https://evil.example.com/' });
      expect([page.url.origin, page.status]).toEqual([provider.issuer, 400]);
      expect(await refusal({ request })).toEqual(['request_not_supported', 'the-state']);
    });
  });
});
