import { generateKeyPair, SignJWT } from 'jose';
import { KeyRing } from '../keys/key.ring.js';
import { PostgresDatabase } from '../storage/postgres/postgres.database.js';
import { ORDERS, PAYMENTS } from '../testing/bootstrap.fixture.js';
import { basic, ISSUER, TestApplication } from '../testing/test-application.js';

describe('POST /oauth2/introspect', () => {
  let server: TestApplication;
  beforeAll(async () => {
    server = await TestApplication.start();
  });
  afterAll(() => server.stop());

  const introspect = async (clientId: string, token: string, more = {}): Promise<unknown> => {
    const response = await server.post('/oauth2/introspect', { token, ...more }, basic(clientId));
    expect(response.status).toBe(200);
    expect(response.headers.get('cache-control')).toBe('no-store');
    return response.json();
  };

  it.each(['orders', 'payments', 'shop'])(
    'tells %s, whom the token concerns, all about it',
    async (clientId) => {
      const { access_token } = await server.token('shop');
      expect(await introspect(clientId, access_token, { token_type_hint: 'nonsense' })).toEqual({
        active: true,
        iss: ISSUER,
        sub: 'shop',
        aud: [ORDERS, PAYMENTS],
        client_id: 'shop',
        scope: 'orders:read payments:read',
        token_type: 'Bearer',
        iat: expect.any(Number),
        exp: expect.any(Number),
        jti: expect.any(String),
      });
    },
  );

  it.each([
    ['payments', 'a resource server that the token is not for'],
    ['warehouse', 'a client that it was not issued to'],
  ])('tells %s nothing: %s', async (clientId) => {
    const { access_token } = await server.token('shop', { resource: ORDERS });
    expect(await introspect('orders', access_token)).toMatchObject({ active: true });
    expect(await introspect(clientId, access_token)).toEqual({ active: false });
  });

  it('calls everything that is not a live token of ours inactive, and no more', async () => {
    const { access_token } = await server.token('shop');
    const [header = '', payload = '', signature = ''] = access_token.split('.');
    const foreign = await generateKeyPair('ES256');
    const { privateKey, kid } = server.app.get(KeyRing).signingKey();
    const now = Math.floor(Date.now() / 1000);
    const token = (
      claims: object,
      head: object = {},
      key: Parameters<SignJWT['sign']>[0] = privateKey,
    ) =>
      new SignJWT({
        iss: ISSUER,
        sub: 'shop',
        client_id: 'shop',
        aud: ORDERS,
        jti: 'x',
        iat: now,
        exp: now + 60,
        ...claims,
      })
        .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid, ...head })
        .sign(key);
    expect(await introspect('shop', await token({}))).toMatchObject({ active: true });

    const tokens = {
      garbage: 'x',
      'three segments of garbage': 'a.b.c',
      'a very long one': 'a'.repeat(20_000),
      'another payload': `${header}.${Buffer.from('{"sub":"admin"}').toString('base64url')}.${signature}`,
      'no signature': `${header}.${payload}.`,
      'alg none': `${Buffer.from('{"alg":"none","typ":"at+jwt"}').toString('base64url')}.${payload}.`,
      'a foreign key under our kid': await token({}, {}, foreign.privateKey),
      'an unknown kid': await token({}, { kid: 'unknown' }),
      'no kid': await token({}, { kid: undefined }),
      'another typ': await token({}, { typ: 'JWT' }),
      'another issuer': await token({ iss: 'https://other.example.com' }),
      expired: await token({ exp: now - 1 }),
      'no exp': await token({ exp: undefined }),
      'no jti': await token({ jti: undefined }),
      'no client_id': await token({ client_id: undefined }),
      'an aud that is a number': await token({ aud: 1 }),
    };
    for (const [what, value] of Object.entries(tokens)) {
      expect({ what, answer: await introspect('shop', value) }).toEqual({
        what,
        answer: { active: false },
      });
    }
  });

  it('answers a disabled client like an unknown one', async () => {
    const { access_token } = await server.token('shop');
    const { manager } = server.app.get(PostgresDatabase, { strict: false });
    await manager.query(`UPDATE client SET disabled_at = now() WHERE client_id = 'payments'`);
    const disabled = await server.post(
      '/oauth2/introspect',
      { token: access_token },
      basic('payments'),
    );
    const unknown = await server.post(
      '/oauth2/introspect',
      { token: access_token },
      basic('nobody', 'x'),
    );
    expect(disabled.status).toBe(401);
    expect(await disabled.text()).toBe(await unknown.text());
  });
});
