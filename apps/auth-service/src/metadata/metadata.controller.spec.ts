import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import * as client from 'openid-client';
import { SECRETS } from '../testing/bootstrap.fixture.js';
import { ISSUER, TestApplication } from '../testing/test-application.js';

describe('GET /.well-known/oauth-authorization-server', () => {
  it('says what RFC 8414 asks for, with every endpoint below the issuer', async () => {
    const server = await TestApplication.start();
    const response = await fetch(server.url('/.well-known/oauth-authorization-server'));
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toMatch(/^application\/json/);
    const methods = ['client_secret_basic', 'client_secret_post'];
    expect(await response.json()).toEqual({
      issuer: ISSUER,
      token_endpoint: `${ISSUER}/oauth2/token`,
      jwks_uri: `${ISSUER}/.well-known/jwks.json`,
      introspection_endpoint: `${ISSUER}/oauth2/introspect`,
      revocation_endpoint: `${ISSUER}/oauth2/revoke`,
      response_types_supported: [],
      grant_types_supported: ['client_credentials'],
      token_endpoint_auth_methods_supported: methods,
      introspection_endpoint_auth_methods_supported: methods,
      revocation_endpoint_auth_methods_supported: methods,
    });
    await server.stop();
  });

  it('is all that openid-client needs to get, introspect and revoke a token', async () => {
    const probe = createServer().listen(0, '127.0.0.1');
    await once(probe, 'listening');
    const { port } = probe.address() as AddressInfo;
    probe.close();
    const issuer = `http://127.0.0.1:${port}`;
    const server = await TestApplication.start({ port, environment: { AUTH_ISSUER: issuer } });
    const discover = (clientId: string, authentication: typeof client.ClientSecretBasic) =>
      client.discovery(
        new URL(issuer),
        clientId,
        undefined,
        authentication(SECRETS[`SECRET_OF_${clientId}`]),
        { algorithm: 'oauth2', execute: [client.allowInsecureRequests] },
      );

    for (const [clientId, authentication] of [
      ['shop', client.ClientSecretBasic],
      ['poster', client.ClientSecretPost],
    ] as const) {
      const configuration = await discover(clientId, authentication);
      const tokens = await client.clientCredentialsGrant(configuration, { scope: 'orders:read' });
      expect(tokens).toMatchObject({ token_type: 'bearer', expires_in: 300, scope: 'orders:read' });
      const introspect = () => client.tokenIntrospection(configuration, tokens.access_token);
      expect(await introspect()).toMatchObject({ active: true, client_id: clientId });
      await client.tokenRevocation(configuration, tokens.access_token);
      expect(await introspect()).toEqual({ active: false });
    }
    await server.stop();
  });
});
