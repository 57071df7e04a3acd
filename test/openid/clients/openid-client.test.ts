import { decodeJwt } from 'jose';
import * as client from 'openid-client';
import { HttpBrowser } from '../../support/http-browser.js';
import { OpenIdProvider } from '../../support/openid-provider.js';
import {
  HOUSE,
  ORDERS,
  PARTNER,
  PARTNER_KEY,
  PARTNER_KID,
  PAYMENTS,
  POSTING,
  type ProviderClient,
  PUBLIC,
  WEB,
} from '../../support/openid-provider.clients.js';

describe('openid-client', () => {
  let provider: OpenIdProvider;
  let browser: HttpBrowser;
  beforeAll(async () => {
    provider = await OpenIdProvider.start();
  }, 60_000);
  beforeEach(() => {
    browser = new HttpBrowser([provider.issuer]);
  });
  afterAll(() => provider.stop());

  const authentication = ({ method, secret }: ProviderClient): client.ClientAuth => {
    if (method === 'client_secret_basic') return client.ClientSecretBasic(secret);
    if (method === 'client_secret_post') return client.ClientSecretPost(secret);
    if (method === 'none') return client.None();
    return client.PrivateKeyJwt({ key: PARTNER_KEY.privateKey, kid: PARTNER_KID });
  };
  const discover = (who: ProviderClient) =>
    client.discovery(new URL(provider.issuer), who.id, undefined, authentication(who), {
      execute: [client.allowInsecureRequests],
    });

  /** Code and PKCE, with a state and a nonce that openid-client checks. */
  const signIn = async (
    who: ProviderClient,
    more: [string, string][] = [],
    toUrl: 'buildAuthorizationUrl' | 'buildAuthorizationUrlWithPAR' = 'buildAuthorizationUrl',
    redemption: Record<string, string> = {},
  ) => {
    const config = await discover(who);
    const verifier = client.randomPKCECodeVerifier();
    const [state, nonce] = [client.randomState(), client.randomNonce()];
    const parameters = new URLSearchParams({
      redirect_uri: who.redirectUri,
      scope: 'openid profile',
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      state,
      nonce,
    });
    for (const [name] of more) parameters.delete(name);
    for (const [name, value] of more) parameters.append(name, value);
    const url = await client[toUrl](config, parameters);
    const end = await provider.complete(browser, await browser.open(url));
    const answer =
      end.posted === null ? end.url : new Request(end.url, { method: 'POST', body: end.posted });
    const checks = { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce };
    const tokens = await client.authorizationCodeGrant(config, answer, checks, redemption);
    return { config, url, tokens, subject: tokens.claims()?.sub ?? '' };
  };

  it.each([WEB, POSTING, PUBLIC, HOUSE])(
    'signs a person in for $id ($method), and asks who it is',
    async (who) => {
      const { config, tokens, subject } = await signIn(who);
      expect(tokens.claims()).toMatchObject({ amr: ['pwd'], sid: expect.any(String) });
      const { access_token: token } = tokens;
      expect(await client.fetchUserInfo(config, token, subject)).toMatchObject({
        sub: provider.alice.accountId,
        name: 'alice Example',
      });
    },
  );

  it('pushes the request, authenticated by private_key_jwt', async () => {
    const { url, tokens } = await signIn(PARTNER, [], 'buildAuthorizationUrlWithPAR');
    expect([...url.searchParams.keys()].sort()).toEqual(['client_id', 'request_uri']);
    expect(tokens.claims()?.sub).toBe(provider.alice.accountId);
  });

  it('is answered by a posted form where it asks so', async () => {
    const { tokens } = await signIn(WEB, [['response_mode', 'form_post']]);
    expect(tokens.claims()?.sub).toBe(provider.alice.accountId);
  });

  it('names several resources, and redeems the code for all of them or for one', async () => {
    const request: [string, string][] = [
      ['scope', 'openid orders:read payments:read'],
      ['resource', ORDERS],
      ['resource', PAYMENTS],
      ['resource', provider.issuer],
    ];
    const audience = (token: string) => [decodeJwt(token).aud].flat().sort();
    const { tokens } = await signIn(WEB, request);
    expect(audience(tokens.access_token)).toEqual([ORDERS, PAYMENTS, provider.issuer].sort());
    expect(tokens.scope).toBe('openid orders:read payments:read');

    const resource = { resource: ORDERS };
    const { tokens: narrow } = await signIn(WEB, request, 'buildAuthorizationUrl', resource);
    expect(audience(narrow.access_token)).toEqual([ORDERS]);
    expect(narrow.scope).toBe('orders:read');
    expect(narrow.claims()?.sub).toBe(provider.alice.accountId);
  });

  it('refreshes, for less where it asks for less, and ends all of it by a revocation', async () => {
    const scope = 'openid offline_access orders:read payments:read';
    const { config, tokens, subject } = await signIn(WEB, [['scope', scope]]);
    const refreshed = await client.refreshTokenGrant(config, tokens.refresh_token ?? '');
    expect(refreshed.claims()).toMatchObject({ sub: subject });
    expect(refreshed.claims()).not.toHaveProperty('nonce');
    expect(refreshed.scope).toBe(tokens.scope);
    const less = await client.refreshTokenGrant(config, refreshed.refresh_token ?? '', {
      resource: ORDERS,
    });
    expect(decodeJwt(less.access_token)).toMatchObject({ aud: ORDERS, scope: 'orders:read' });
    // Whichever refresh token is revoked, the whole grant is gone, and every access token with it.
    await client.tokenRevocation(config, tokens.refresh_token ?? '');
    const last = less.refresh_token ?? '';
    await expect(client.refreshTokenGrant(config, last)).rejects.toMatchObject({
      error: 'invalid_grant',
    });
    expect(await client.tokenIntrospection(config, less.access_token)).toEqual({ active: false });
  });

  it('revokes a token, which ends it for introspection and userinfo', async () => {
    const { config, tokens, subject } = await signIn(WEB);
    const token = tokens.access_token;
    expect(await client.tokenIntrospection(config, token)).toMatchObject({ active: true });
    await client.tokenRevocation(config, token);
    expect(await client.tokenIntrospection(config, token)).toEqual({ active: false });
    await expect(client.fetchUserInfo(config, token, subject)).rejects.toMatchObject({
      status: 401,
    });
  });

  it('signs the person out, and the next request asks for a password again', async () => {
    const { config, tokens } = await signIn(WEB);
    const url = client.buildEndSessionUrl(config, {
      id_token_hint: tokens.id_token ?? '',
      post_logout_redirect_uri: WEB.postLogoutRedirectUri,
      state: 'bye',
    });
    const { url: end } = await browser.open(url);
    expect(end.href).toBe(`${WEB.postLogoutRedirectUri}?state=bye`);
    const page = await browser.open(
      client.buildAuthorizationUrl(config, {
        redirect_uri: WEB.redirectUri,
        scope: 'openid',
        code_challenge: await client.calculatePKCECodeChallenge(client.randomPKCECodeVerifier()),
        code_challenge_method: 'S256',
      }),
    );
    expect(page.form?.fields).toHaveProperty('password');
  });

  it('refuses an answer that names another issuer, or none (mix-up)', async () => {
    const config = await discover(WEB);
    const verifier = client.randomPKCECodeVerifier();
    const url = client.buildAuthorizationUrl(config, {
      redirect_uri: WEB.redirectUri,
      scope: 'openid',
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    });
    const { url: end } = await provider.complete(browser, await browser.open(url));
    const redeem = (change: (answer: URL) => void) => {
      const answer = new URL(end);
      change(answer);
      return client.authorizationCodeGrant(config, answer, { pkceCodeVerifier: verifier });
    };
    const evil = 'https://evil.example.com';
    await expect(redeem((answer) => answer.searchParams.set('iss', evil))).rejects.toThrow();
    await expect(redeem((answer) => answer.searchParams.delete('iss'))).rejects.toThrow();
    await expect(redeem(() => undefined)).resolves.toMatchObject({ token_type: 'bearer' });
  });
});
