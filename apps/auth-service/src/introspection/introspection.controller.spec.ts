import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose';
import { CLIENT_FRESH_MS } from '../client/cached-client.store.js';
import { GrantService } from '../grant/grant.service.js';
import { KeyRing } from '../keys/key.ring.js';
import { makeKeyPair, makeSignature } from '../keys/signature.js';
import { RevocationService } from '../revocation/revocation.service.js';
import { PostgresDatabase } from '../storage/postgres/postgres.database.js';
import { ORDERS, PAYMENTS } from '../testing/bootstrap.fixture.js';
import { forgeJwt } from '../testing/forged.jwt.js';
import { basic, ISSUER, TestApplication } from '../testing/test-application.js';
import { ORIGIN } from '../testing/request-origin.fixture.js';

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
    const { privateKey } = await makeKeyPair('ES256');
    const foreign = { sign: (data: Buffer) => makeSignature('ES256', data, privateKey) };
    const ours = await server.app.get(KeyRing).signingKey();
    const { kid } = ours;
    const now = Math.floor(Date.now() / 1000);
    const token = (claims: object, head: object = {}, key: Parameters<typeof forgeJwt>[0] = ours) =>
      forgeJwt(
        key,
        { alg: 'ES256', typ: 'at+jwt', kid, ...head },
        {
          iss: ISSUER,
          sub: 'shop',
          client_id: 'shop',
          aud: ORDERS,
          jti: 'x',
          iat: now,
          exp: now + 60,
          ...claims,
        },
      );
    expect(await introspect('shop', await token({}))).toMatchObject({ active: true });

    const tokens = {
      garbage: 'x',
      'three segments of garbage': 'a.b.c',
      'a very long one': 'a'.repeat(20_000),
      'another payload': `${header}.${Buffer.from('{"sub":"admin"}').toString('base64url')}.${signature}`,
      'no signature': `${header}.${payload}.`,
      'alg none': `${Buffer.from('{"alg":"none","typ":"at+jwt"}').toString('base64url')}.${payload}.`,
      'a foreign key under our kid': await token({}, {}, foreign),
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

  it.each([
    ['application/token-introspection+jwt', true],
    ['application/json;q=0.5, Application/Token-Introspection+JWT', true],
    ['application/json', false],
    ['*/*', false],
    ['application/token-introspection+jwt;q=0', false],
  ])('signs its answer for the caller where it accepts %s: %s', async (accept, signed) => {
    const { access_token } = await server.token('shop');
    const ask = (token: string) =>
      server.post('/oauth2/introspect', { token }, { ...basic('orders'), accept });
    const response = await ask(access_token);
    expect(response.headers.get('content-type')?.split(';')[0]).toBe(
      signed ? 'application/token-introspection+jwt' : 'application/json',
    );
    if (!signed) {
      expect(await response.json()).toMatchObject({ active: true });
      return;
    }
    const jwks = (await (
      await fetch(server.url('/.well-known/jwks.json'))
    ).json()) as JSONWebKeySet;
    const read = async (jwt: string) => {
      const options = { issuer: ISSUER, audience: 'orders', typ: 'token-introspection+jwt' };
      return (await jwtVerify(jwt, createLocalJWKSet(jwks), options)).payload;
    };
    expect(await read(await response.text())).toEqual({
      iss: ISSUER,
      aud: 'orders',
      iat: expect.any(Number),
      token_introspection: expect.objectContaining({ active: true, client_id: 'shop' }),
    });
    const inactive = await read(await (await ask('garbage')).text());
    expect(inactive['token_introspection']).toEqual({ active: false });
  });

  it('is as strict about the spelling of a token as a resource server', async () => {
    const { access_token } = await server.token('shop');
    const [header = '', payload = '', signature = ''] = access_token.split('.');
    const text = Buffer.from(payload, 'base64url').toString();
    const respelled = [
      `${header}.${payload}.${signature}=`,
      `${header}.${payload}.${signature}.`,
      ` ${access_token}`,
      `${header}.${payload}=.${signature}`,
      // Spare bits of the last character, which most decoders throw away.
      `${header}.${payload}.${signature.slice(0, -1)}${nextCharacter(signature.slice(-1))}`,
    ];
    for (const token of respelled) {
      expect(await introspect('orders', token)).toEqual({ active: false });
    }
    const key = await server.app.get(KeyRing).signingKey();
    const twice = Buffer.from(`{"sub":"admin",${text.slice(1)}`);
    const duplicate = await forgeJwt(key, { alg: 'ES256', typ: 'at+jwt', kid: key.kid }, twice);
    expect(await introspect('orders', duplicate)).toEqual({ active: false });
  });

  it.each(['grant', 'client', 'kid'] as const)(
    'honours the revocation of a %s at once',
    async (kind) => {
      const key = await server.app.get(KeyRing).signingKey();
      const { kid } = key;
      const now = Math.floor(Date.now() / 1000);
      const grantId = randomUUID();
      const claims = {
        ...{ iss: ISSUER, sub: 'alice', client_id: `client-${kind}`, aud: ORDERS, jti: kind },
        ...{
          iat: now,
          exp: now + 60,
          grant_id: grantId,
          auth_time: now - 5,
          acr: 'a',
          amr: ['pwd'],
        },
      };
      const token = await forgeJwt(key, { alg: 'ES256', typ: 'at+jwt', kid }, claims);
      const other = await server.token('shop');
      expect(await introspect('orders', token)).toMatchObject({
        ...{ active: true, grant_id: grantId, auth_time: now - 5, acr: 'a', amr: ['pwd'] },
      });
      const revocations = server.app.get(RevocationService, { strict: false });
      const cause = { reason: 'test', by: 'server' };
      if (kind === 'client') await revocations.revokeClient(claims.client_id, cause);
      if (kind === 'kid') await revocations.revokeKey(kid, cause, ORIGIN);
      if (kind === 'grant') {
        const grants = server.app.get(GrantService, { strict: false });
        const grant = { grantId, accountId: randomUUID(), clientId: 'web', sid: randomUUID() };
        const rest = {
          scope: [],
          resources: [ORDERS],
          authenticatedAt: new Date(),
          acr: '',
          amr: [],
        };
        await grants.revokeOrForestall({ ...grant, ...rest, expiresAt: new Date() }, cause);
      }
      expect(await introspect('orders', token)).toEqual({ active: false });
      expect(await introspect('orders', other.access_token)).toMatchObject({
        active: kind !== 'kid',
      });
    },
  );

  it('answers a disabled client like an unknown one', async () => {
    const { access_token } = await server.token('shop');
    const { manager } = server.app.get(PostgresDatabase, { strict: false });
    await manager.query(`UPDATE client SET disabled_at = now() WHERE client_id = 'payments'`);
    // What it may do is remembered for a moment.
    await sleep(CLIENT_FRESH_MS);
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

/** The next character of base64url: it differs in the last bit, which a 64-byte signature does not use. */
function nextCharacter(character: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  return alphabet.charAt(alphabet.indexOf(character) + 1);
}
