import { type TokenResponse } from '@keyward/oauth';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { ORDERS, PAYMENTS, SECRETS } from '../testing/bootstrap.fixture.js';
import { securityHeaders } from '../http/security.headers.js';
import { basic, ISSUER, TestApplication } from '../testing/test-application.js';

describe('POST /oauth2/token', () => {
  let server: TestApplication;
  beforeAll(async () => {
    server = await TestApplication.start();
  });
  afterAll(() => server.stop());

  const verify = (token: string) =>
    jwtVerify(token, createRemoteJWKSet(new URL(server.url('/.well-known/jwks.json'))));

  it('issues an RFC 9068 token that the published keys verify', async () => {
    const before = Math.floor(Date.now() / 1000);
    const response = await server.post(
      '/oauth2/token',
      { grant_type: 'client_credentials', scope: 'orders:read' },
      basic('shop'),
    );
    expect(response.status).toBe(200);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('pragma')).toBe('no-cache');
    const body = (await response.json()) as TokenResponse;
    expect(body).toEqual({
      access_token: expect.any(String),
      token_type: 'Bearer',
      expires_in: 300,
      scope: 'orders:read',
    });

    const { payload, protectedHeader } = await verify(body.access_token);
    expect(protectedHeader).toEqual({ alg: 'ES256', typ: 'at+jwt', kid: expect.any(String) });
    expect(payload).toEqual({
      iss: ISSUER,
      sub: 'shop',
      aud: ORDERS,
      client_id: 'shop',
      scope: 'orders:read',
      iat: expect.any(Number),
      exp: (payload.iat ?? 0) + 300,
      jti: expect.stringMatching(/^[\w-]{22}$/),
    });
    expect(payload.iat).toBeGreaterThanOrEqual(before);
  });

  it('grants all scopes of the client where none is asked for, and names every audience', async () => {
    const { access_token, scope } = await server.token('shop');
    expect(scope).toBe('orders:read payments:read');
    expect((await verify(access_token)).payload.aud).toEqual([ORDERS, PAYMENTS]);
  });

  it('keeps to the resource that is asked for', async () => {
    const { access_token, scope } = await server.token('shop', { resource: PAYMENTS });
    expect(scope).toBe('payments:read');
    expect((await verify(access_token)).payload.aud).toBe(PAYMENTS);
  });

  it('never gives two tokens one jti', async () => {
    const tokens = await Promise.all(Array.from({ length: 20 }, () => server.token('shop')));
    const payloads = await Promise.all(tokens.map(({ access_token }) => verify(access_token)));
    expect(new Set(payloads.map(({ payload }) => payload.jti)).size).toBe(20);
  });

  it('authenticates a client by client_secret_post where it is registered so', async () => {
    const response = await server.post('/oauth2/token', {
      grant_type: 'client_credentials',
      client_id: 'poster',
      client_secret: SECRETS['SECRET_OF_poster'] ?? '',
    });
    expect(response.status).toBe(200);
  });

  it('accepts a content type with a charset, and empty parameters as omitted ones', async () => {
    const response = await server.post(
      '/oauth2/token',
      'grant_type=client_credentials&scope=&resource=&unknown=1',
      { ...basic('shop'), 'content-type': 'application/x-www-form-urlencoded; charset=UTF-8' },
    );
    expect(response.status).toBe(200);
  });

  it.each([
    ['a client by a method that it is not registered for', basic('poster')],
    ['an unknown client', basic('nobody', 'x')],
    ['a wrong secret', basic('shop', 'wrong')],
    ['an empty secret', basic('shop', '')],
    ['a client id that no client can have', basic('sh\u0000op', 'x')],
    ['a client id in another alphabet', basic('клиент', 'x')],
  ])('refuses %s, always with the very same answer', async (_, headers) => {
    const response = await server.post(
      '/oauth2/token',
      { grant_type: 'client_credentials' },
      headers,
    );
    expect(response.status).toBe(401);
    const seen = Object.fromEntries(response.headers);
    delete seen['date'];
    delete seen['x-request-id'];
    expect(seen).toEqual({
      ...securityHeaders(ISSUER),
      pragma: 'no-cache',
      vary: 'Origin',
      'www-authenticate': 'Basic realm="keyward", charset="UTF-8"',
      'content-type': 'application/json; charset=utf-8',
      'content-length': '77',
      connection: 'keep-alive',
      'keep-alive': 'timeout=72',
    });
    expect(await response.text()).toBe(
      '{"error":"invalid_client","error_description":"client authentication failed"}',
    );
  });
});
