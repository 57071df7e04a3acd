import { decodeProtectedHeader } from 'jose';
import { OpenIdProvider } from '../../support/openid-provider.js';
import { WEB } from '../../support/openid-provider.clients.js';
import { RelyingParty } from '../../support/relying-party.js';

describe('Config OP', () => {
  let provider: OpenIdProvider;
  let metadata: Record<string, unknown>;
  beforeAll(async () => {
    // The algorithm that OpenID Connect Discovery demands; by default tokens are signed with ES256.
    provider = await OpenIdProvider.start({ environment: { AUTH_SIGNING_ALGORITHM: 'RS256' } });
    const response = await fetch(`${provider.issuer}/.well-known/openid-configuration`);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toMatch(/^application\/json/);
    metadata = (await response.json()) as Record<string, unknown>;
  }, 60_000);
  afterAll(() => provider.stop());

  it('oidcc-discovery-endpoint-verification', async () => {
    expect(metadata).toMatchObject({
      issuer: provider.issuer,
      response_types_supported: ['code'],
      response_modes_supported: expect.arrayContaining(['query', 'form_post']),
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: expect.arrayContaining(['RS256']),
      code_challenge_methods_supported: ['S256'],
      grant_types_supported: expect.arrayContaining(['authorization_code']),
      scopes_supported: expect.arrayContaining(['openid', 'profile', 'email', 'address', 'phone']),
      claims_supported: expect.arrayContaining(['sub', 'iss', 'auth_time', 'acr', 'email', 'name']),
      claims_parameter_supported: false,
      request_parameter_supported: false,
      request_uri_parameter_supported: false,
    });
    expect(metadata).not.toHaveProperty('registration_endpoint');
    const endpoints = Object.entries(metadata).filter(([name]) => /_endpoint$|_uri$/.test(name));
    expect(endpoints.map(([name]) => name)).toEqual(
      expect.arrayContaining([
        'authorization_endpoint',
        'token_endpoint',
        'userinfo_endpoint',
        'jwks_uri',
      ]),
    );
    // All at the issuer: with an https issuer, as production demands, all are https.
    for (const [, url] of endpoints) expect(new URL(String(url)).origin).toBe(provider.issuer);
    const { keys } = (await (await fetch(String(metadata['jwks_uri']))).json()) as {
      keys: Record<string, unknown>[];
    };
    expect(keys.length).toBeGreaterThan(0);
    for (const key of keys) {
      expect(key).toMatchObject({ kty: 'RSA', use: 'sig', alg: 'RS256', kid: expect.any(String) });
      for (const secret of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k']) {
        expect(key).not.toHaveProperty(secret);
      }
    }
  });

  it('oidcc-idtoken-signature', async () => {
    const party = new RelyingParty(provider, WEB);
    const tokens = await party.signIn();
    const { alg, kid } = decodeProtectedHeader(tokens.id_token);
    expect([alg, kid]).toEqual(['RS256', expect.any(String)]);
    await party.claims(tokens);
  });
});
