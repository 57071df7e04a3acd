import { ACRS } from '../authentication/acr.js';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { type OpenIdProviderMetadata } from '@keyward/oauth';
import * as client from 'openid-client';
import { PARTNER_KEY, PARTNER_KID, SECRETS } from '../testing/bootstrap.fixture.js';
import { ISSUER, TestApplication } from '../testing/test-application.js';

const DOCUMENTS = ['oauth-authorization-server', 'openid-configuration'];

describe('server metadata', () => {
  let server: TestApplication;
  beforeAll(async () => {
    server = await TestApplication.start();
  });
  afterAll(() => server.stop());

  const read = async (document: string) => {
    const response = await fetch(server.url(`/.well-known/${document}`));
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toMatch(/^application\/json/);
    expect(response.headers.get('cache-control')).toBe('public, max-age=300');
    return (await response.json()) as OpenIdProviderMetadata;
  };

  it.each(DOCUMENTS)('says at %s what RFC 8414 and OpenID Connect ask for', async (document) => {
    const methods = ['client_secret_basic', 'client_secret_post', 'private_key_jwt'];
    const algorithms = ['ES256', 'RS256', 'PS256', 'EdDSA'];
    const metadata = await read(document);
    expect(metadata).toEqual({
      issuer: ISSUER,
      authorization_endpoint: `${ISSUER}/oauth2/authorize`,
      pushed_authorization_request_endpoint: `${ISSUER}/oauth2/par`,
      device_authorization_endpoint: `${ISSUER}/oauth2/device_authorization`,
      token_endpoint: `${ISSUER}/oauth2/token`,
      userinfo_endpoint: `${ISSUER}/oauth2/userinfo`,
      end_session_endpoint: `${ISSUER}/oauth2/logout`,
      introspection_endpoint: `${ISSUER}/oauth2/introspect`,
      revocation_endpoint: `${ISSUER}/oauth2/revoke`,
      jwks_uri: `${ISSUER}/.well-known/jwks.json`,
      scopes_supported: ['openid', 'profile', 'email', 'address', 'phone', 'offline_access'],
      response_types_supported: ['code'],
      response_modes_supported: ['query', 'form_post'],
      grant_types_supported: expect.arrayContaining(['client_credentials']),
      code_challenge_methods_supported: ['S256'],
      authorization_response_iss_parameter_supported: true,
      prompt_values_supported: ['none', 'login', 'consent', 'select_account'],
      acr_values_supported: ACRS,
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['ES256', 'ES384', 'RS256', 'PS256', 'EdDSA'],
      id_token_encryption_alg_values_supported: ['ECDH-ES', 'RSA-OAEP-256'],
      id_token_encryption_enc_values_supported: ['A256GCM'],
      claims_supported: expect.arrayContaining([
        'sub',
        'nonce',
        'sid',
        'email_verified',
        'address',
      ]),
      claims_parameter_supported: false,
      request_parameter_supported: false,
      request_uri_parameter_supported: false,
      backchannel_logout_supported: true,
      backchannel_logout_session_supported: true,
      token_endpoint_auth_methods_supported: [...methods, 'none'],
      token_endpoint_auth_signing_alg_values_supported: algorithms,
      revocation_endpoint_auth_methods_supported: [...methods, 'none'],
      revocation_endpoint_auth_signing_alg_values_supported: algorithms,
      introspection_endpoint_auth_methods_supported: methods,
      introspection_endpoint_auth_signing_alg_values_supported: algorithms,
      introspection_signing_alg_values_supported: ['ES256', 'ES384', 'RS256', 'PS256', 'EdDSA'],
      dpop_signing_alg_values_supported: ['ES256', 'ES384', 'EdDSA', 'Ed25519', 'PS256', 'RS256'],
    });
  });

  it('names endpoints that are there, and each claim once', async () => {
    const metadata = await read('openid-configuration');
    const endpoints = Object.entries(metadata).filter(
      ([name]) => name.endsWith('_endpoint') || name === 'jwks_uri',
    );
    expect(endpoints).toHaveLength(9);
    for (const [name, url] of endpoints) {
      const response = await fetch(server.url(new URL(String(url)).pathname), {
        redirect: 'manual',
      });
      // 404 is for what no method reaches; 405 for an endpoint that wants POST.
      expect([name, response.status]).not.toEqual([name, 404]);
    }
    expect(new Set(metadata.claims_supported).size).toBe(metadata.claims_supported.length);
  });

  it('names the algorithm that signs', async () => {
    const other = await TestApplication.start({ environment: { AUTH_SIGNING_ALGORITHM: 'EdDSA' } });
    const response = await fetch(other.url('/.well-known/openid-configuration'));
    expect(await response.json()).toMatchObject({
      id_token_signing_alg_values_supported: ['EdDSA', 'ES256', 'ES384', 'RS256', 'PS256'],
    });
    await other.stop();
  });

  it('is all that openid-client needs to get, introspect and revoke a token', async () => {
    const probe = createServer().listen(0, '127.0.0.1');
    await once(probe, 'listening');
    const { port } = probe.address() as AddressInfo;
    probe.close();
    const issuer = `http://127.0.0.1:${port}`;
    const reachable = await TestApplication.start({ port, environment: { AUTH_ISSUER: issuer } });
    const partner = { key: PARTNER_KEY.privateKey, kid: PARTNER_KID };
    for (const [clientId, authentication, algorithm] of [
      ['shop', client.ClientSecretBasic(SECRETS['SECRET_OF_shop']), 'oauth2'],
      ['poster', client.ClientSecretPost(SECRETS['SECRET_OF_poster']), 'oidc'],
      ['partner', client.PrivateKeyJwt(partner), 'oidc'],
    ] as const) {
      const configuration = await client.discovery(
        new URL(issuer),
        clientId,
        undefined,
        authentication,
        { algorithm, execute: [client.allowInsecureRequests] },
      );
      const tokens = await client.clientCredentialsGrant(configuration, { scope: 'orders:read' });
      expect(tokens).toMatchObject({ token_type: 'bearer', expires_in: 300, scope: 'orders:read' });
      const introspect = () => client.tokenIntrospection(configuration, tokens.access_token);
      expect(await introspect()).toMatchObject({ active: true, client_id: clientId });
      await client.tokenRevocation(configuration, tokens.access_token);
      expect(await introspect()).toEqual({ active: false });
    }
    await reachable.stop();
  });
});
