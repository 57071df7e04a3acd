import {
  allowInsecureRequests,
  clientCredentialsGrant,
  ClientSecretBasic,
  discovery,
} from 'openid-client';
import { Stack, type StackClient } from './support/stack.js';

describe('one token all the way', () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await Stack.start();
  });
  afterAll(() => stack.stop());

  const call = (method: string, path: string, token?: string, body?: object): Promise<Response> =>
    fetch(`${stack.orders}${path}`, {
      method,
      headers: {
        'content-type': 'application/json',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const introspect = async (client: StackClient, token: string): Promise<unknown> =>
    (await stack.post('/oauth2/introspect', client, { token })).json();

  it('openid-client takes a client_credentials token by discovery', async () => {
    const { id, secret } = stack.reader;
    const server = await discovery(
      new URL(stack.issuer),
      id,
      undefined,
      ClientSecretBasic(secret),
      {
        algorithm: 'oauth2',
        execute: [allowInsecureRequests],
      },
    );
    const answer = await clientCredentialsGrant(server, { scope: 'orders:read' });
    expect(answer.token_type).toBe('bearer');
    expect(answer.scope).toBe('orders:read');
    expect((await call('GET', '/orders', answer.access_token)).status).toBe(200);
  });

  it('lets the reader list the orders of its own', async () => {
    const response = await call('GET', '/orders', await stack.token(stack.reader));
    expect(response.status).toBe(200);
    expect(await response.json()).toHaveLength(3);
  });

  it('answers 401 with a bare challenge where there is no token', async () => {
    const response = await call('GET', '/orders');
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toBe(
      `Bearer resource_metadata="${stack.orders}/.well-known/oauth-protected-resource", ` +
        'DPoP algs="ES256 ES384 EdDSA Ed25519 PS256 RS256"',
    );
  });

  it('answers 403 insufficient_scope and names the scope where it is missing', async () => {
    const response = await call('POST', '/orders', await stack.token(stack.reader), {});
    expect(response.status).toBe(403);
    expect(response.headers.get('www-authenticate')).toContain(
      'error="insufficient_scope", scope="orders:write"',
    );
    expect(await response.json()).toMatchObject({ error: 'insufficient_scope' });
  });

  it('calls a revoked token inactive, also after auth-service was killed and started again', async () => {
    const [revoked, other] = [await stack.token(stack.writer), await stack.token(stack.writer)];
    expect(await introspect(stack.ordersClient, revoked)).toMatchObject({ active: true });
    const response = await stack.post('/oauth2/revoke', stack.writer, { token: revoked });
    expect([response.status, await response.text()]).toEqual([200, '']);
    expect(await introspect(stack.ordersClient, revoked)).toEqual({ active: false });
    await stack.killAuthService();
    await stack.startAuthService();
    expect(await introspect(stack.ordersClient, revoked)).toEqual({ active: false });
    expect(await introspect(stack.ordersClient, other)).toMatchObject({ active: true });
  });

  it('tells a client nothing about the token of another', async () => {
    const token = await stack.token(stack.writer);
    expect(await introspect(stack.reader, token)).toEqual({ active: false });
    await stack.post('/oauth2/revoke', stack.reader, { token });
    expect(await introspect(stack.ordersClient, token)).toMatchObject({ active: true });
  });

  it('goes on locally while auth-service is down', async () => {
    const token = await stack.token(stack.reader);
    expect((await call('GET', '/orders', token)).status).toBe(200);
    await stack.killAuthService();
    expect((await call('GET', '/orders', token)).status).toBe(200);
    expect((await call('GET', '/orders', forgedFrom(token))).status).toBe(401);
    await stack.startAuthService();
  });

  it('writes no token and no secret into a log', async () => {
    const token = await stack.token(stack.reader);
    await call('POST', '/orders', token, {});
    await call('GET', '/orders', forgedFrom(token));
    await stack.post('/oauth2/token', { ...stack.reader, secret: 'guessed-secret' }, {});
    for (const secret of [
      token,
      token.split('.')[2] ?? '',
      stack.reader.secret,
      'guessed-secret',
    ]) {
      expect(stack.output).not.toContain(secret);
    }
    expect(stack.output).toContain('signature_mismatch');
  });
});

/** The same token with another signature of the same length. */
function forgedFrom(token: string): string {
  const [header = '', payload = '', signature = ''] = token.split('.');
  const bytes = Buffer.from(signature, 'base64url').reverse();
  return `${header}.${payload}.${bytes.toString('base64url')}`;
}
