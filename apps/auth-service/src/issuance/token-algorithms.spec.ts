import { type TokenResponse } from '@keyward/oauth';
import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import { LogoutTokenIssuer } from '../logout/logout-token.issuer.js';
import { bootstrapDocument, ALICE } from '../testing/bootstrap.fixture.js';
import { CodeFlow } from '../testing/code-flow.js';
import { basic, ISSUER, TestApplication } from '../testing/test-application.js';

const VAULT = 'urn:vault';
const SAFE = 'urn:safe';
const SCOPES: Readonly<Record<string, string>> = { [VAULT]: 'vault:read', [SAFE]: 'safe:read' };

describe('algorithms of resources and clients', () => {
  let server: TestApplication;
  beforeAll(async () => {
    const good = bootstrapDocument();
    const vault = {
      identifier: VAULT,
      name: 'Vault',
      scopes: ['vault:read'],
      signing_alg: 'PS256',
    };
    const safe = { identifier: SAFE, name: 'Safe', scopes: ['safe:read'], signing_alg: 'EdDSA' };
    server = await TestApplication.start({
      bootstrap: {
        ...good,
        resources: [...good.resources, vault, safe] as typeof good.resources,
        clients: good.clients.map((client) => ({
          ...client,
          ...(['shop', 'web'].includes(client.client_id) && {
            scope: `${client.scope} vault:read safe:read`,
          }),
          ...(client.client_id === 'web' && { id_token_signed_response_alg: 'RS256' as const }),
          ...(client.client_id === 'orders' && {
            introspection_signed_response_alg: 'ES384' as const,
          }),
        })),
      },
    });
  });
  afterAll(() => server.stop());

  const algorithmOf = (token: string) => decodeProtectedHeader(token).alg;
  const verify = (token: string) =>
    jwtVerify(token, createRemoteJWKSet(new URL(server.url('/.well-known/jwks.json'))));

  it.each([
    [VAULT, 'PS256'],
    [SAFE, 'EdDSA'],
  ])('signs access tokens for %s by its own algorithm, %s', async (resource, algorithm) => {
    const { access_token: token } = await server.token('shop', { resource });
    expect(algorithmOf(token)).toBe(algorithm);
    expect((await verify(token)).payload).toMatchObject({ aud: resource, iss: ISSUER });
    const answer = await server.post('/oauth2/introspect', { token }, basic('shop'));
    expect(await answer.json()).toMatchObject({ active: true });
  });

  it('signs for every other resource by the server’s', async () => {
    const { access_token: token } = await server.token('shop', { scope: 'orders:read' });
    expect(algorithmOf(token)).toBe('ES256');
  });

  it.each([
    ['vault:read safe:read', 'two algorithms'],
    ['orders:read vault:read', 'its own and the server’s'],
  ])('gives no token for resources of different algorithms: %s', async (scope) => {
    const form = { grant_type: 'client_credentials', scope };
    const response = await server.post('/oauth2/token', form, basic('shop'));
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: 'invalid_target' });
  });

  it('signs the ID, logout and introspection JWTs of a client by what it registered', async () => {
    const flow = new CodeFlow(server);
    const response = await flow.redeem(await flow.code());
    const { id_token: idToken = '', access_token: token } =
      (await response.json()) as TokenResponse & {
        id_token?: string;
      };
    expect(algorithmOf(idToken)).toBe('RS256');
    expect((await verify(idToken)).payload).toMatchObject({ aud: 'web', sub: ALICE });
    expect(algorithmOf(token)).toBe('ES256');

    const logout = server.app.get(LogoutTokenIssuer, { strict: false });
    const notice = { clientId: 'web', accountId: ALICE, sid: 's' };
    expect(algorithmOf(await logout.issue(notice))).toBe('RS256');
    expect(algorithmOf(await logout.issue({ ...notice, clientId: 'spa' }))).toBe('ES256');

    const accept = 'application/token-introspection+jwt';
    const headers = { ...basic('orders'), accept };
    const answer = await (await server.post('/oauth2/introspect', { token }, headers)).text();
    expect(algorithmOf(answer)).toBe('ES384');
    expect((await verify(answer)).payload).toMatchObject({
      token_introspection: { active: true },
    });
  });

  it('refuses a mixed audience before a code is used up or a refresh token rotates', async () => {
    const flow = new CodeFlow(server);
    const scope = `openid offline_access ${Object.values(SCOPES).join(' ')}`;
    const code = await flow.code({ scope, prompt: 'consent' });
    const refused = { error: 'invalid_target' };
    expect(await (await flow.redeem(code)).json()).toMatchObject(refused);
    const first = (await (await flow.redeem(code, { resource: VAULT })).json()) as TokenResponse & {
      refresh_token: string;
    };
    expect(algorithmOf(first.access_token)).toBe('PS256');

    const refresh = (more: Record<string, string> = {}) =>
      server.post(
        '/oauth2/token',
        { grant_type: 'refresh_token', refresh_token: first.refresh_token, ...more },
        basic('web'),
      );
    expect(await (await refresh()).json()).toMatchObject(refused);
    const second = (await (await refresh({ resource: SAFE })).json()) as typeof first;
    expect(algorithmOf(second.access_token)).toBe('EdDSA');
    // The refused request changed nothing: this was the first rotation.
    expect(generationOf(second.refresh_token)).toBe(generationOf(first.refresh_token) + 1);
  });
});

/** kwr_ and base64url of key version (1 byte), handle (16), generation (4) and tag. */
function generationOf(token: string): number {
  return Buffer.from(token.slice('kwr_'.length), 'base64url').readUInt32BE(17);
}
