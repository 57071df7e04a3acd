import { randomUUID } from 'node:crypto';
import { type JWTPayload } from 'jose';
import { GrantService } from '../grant/grant.service.js';
import { KeyRing } from '../keys/key.ring.js';
import { makeKeyPair, makeSignature } from '../keys/signature.js';
import { RevocationService } from '../revocation/revocation.service.js';
import { PostgresDatabase } from '../storage/postgres/postgres.database.js';
import { ALICE, BOB, ORDERS, SPA_ORIGIN } from '../testing/bootstrap.fixture.js';
import { forgeJwt } from '../testing/forged.jwt.js';
import { ISSUER, TestApplication } from '../testing/test-application.js';

const PROFILE = {
  name: 'Alice Archer',
  given_name: 'Alice',
  family_name: 'Archer',
  preferred_username: 'alice',
  picture: 'https://pictures.example.com/alice.png',
  locale: 'en-GB',
  zoneinfo: 'Europe/Berlin',
  updated_at: expect.any(Number),
};
const EMAIL = { email: 'alice@example.com', email_verified: true };
const PHONE = { phone_number: '+491700000001', phone_number_verified: true };
const ADDRESS = { address: expect.objectContaining({ locality: 'Berlin', country: 'Germany' }) };

describe('/oauth2/userinfo', () => {
  let server: TestApplication;
  beforeAll(async () => {
    server = await TestApplication.start();
  });
  afterAll(() => server.stop());

  /** A token as the server signs them, but for what is changed. */
  async function sign(
    change: JWTPayload = {},
    typ = 'at+jwt',
    key?: Parameters<typeof forgeJwt>[0],
  ): Promise<string> {
    const ours = await server.app.get(KeyRing, { strict: false }).signingKey();
    const now = Math.floor(Date.now() / 1000);
    const claims = {
      iss: ISSUER,
      sub: ALICE,
      aud: ISSUER,
      client_id: 'spa',
      scope: 'openid',
      grant_id: randomUUID(),
      jti: randomUUID(),
      iat: now,
      exp: now + 300,
      ...change,
    };
    return forgeJwt(key ?? ours, { alg: ours.algorithm, typ, kid: ours.kid }, claims);
  }

  const ask = (authorization?: string, init: RequestInit = {}) =>
    fetch(server.url('/oauth2/userinfo'), {
      ...init,
      headers: { ...(authorization === undefined ? {} : { authorization }), ...init.headers },
    });
  const challenge = (response: Response) => response.headers.get('www-authenticate');

  it.each([
    ['openid', {}],
    ['openid profile', PROFILE],
    ['openid email', EMAIL],
    ['openid phone', PHONE],
    ['openid address', ADDRESS],
    ['openid profile email phone address', { ...PROFILE, ...EMAIL, ...PHONE, ...ADDRESS }],
    ['openid orders:read offline_access constructor', {}],
  ])('answers for the scope %s what it opens, and nothing else', async (scope, claims) => {
    for (const method of ['GET', 'POST']) {
      const response = await ask(`Bearer ${await sign({ scope })}`, { method });
      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')).toMatch(/^application\/json/);
      expect(response.headers.get('cache-control')).toBe('no-store');
      expect(await response.json()).toEqual({ sub: ALICE, ...claims });
    }
  });

  it('takes a token that is for other resources, too', async () => {
    const response = await ask(`bearer ${await sign({ aud: [ORDERS, ISSUER] })}`);
    expect(response.status).toBe(200);
  });

  it('leaves out what an account lacks', async () => {
    const { manager } = server.app.get(PostgresDatabase, { strict: false });
    await manager.query(`UPDATE account SET email = NULL, picture = NULL WHERE account_id = $1`, [
      BOB,
    ]);
    const token = await sign({ sub: BOB, scope: 'openid email profile' });
    const claims = (await (await ask(`Bearer ${token}`)).json()) as object;
    expect(Object.keys(claims)).toEqual(
      expect.not.arrayContaining(['email', 'email_verified', 'picture']),
    );
    expect(claims).toMatchObject({ sub: BOB, name: 'Bob Baker' });
  });

  it.each<[string, JWTPayload, string]>([
    ['for orders-service alone', { aud: ORDERS }, 'at+jwt'],
    ['of another issuer', { iss: 'https://other.example.com' }, 'at+jwt'],
    ['that expired', { exp: Math.floor(Date.now() / 1000) - 60 }, 'at+jwt'],
    [
      'that nobody signed in for',
      { grant_id: undefined, sub: 'shop', client_id: 'shop' },
      'at+jwt',
    ],
    ['of an account that is gone', { sub: randomUUID() }, 'at+jwt'],
    ['of a client that is gone', { client_id: 'gone' }, 'at+jwt'],
    ['that is an ID token', {}, 'JWT'],
    ['that is a logout token', {}, 'logout+jwt'],
  ])('refuses a token %s', async (_, change, typ) => {
    const response = await ask(`Bearer ${await sign(change, typ)}`);
    expect(response.status).toBe(401);
    expect(challenge(response)).toMatch(/^Bearer error="invalid_token"/);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(await response.json()).toMatchObject({ error: 'invalid_token' });
  });

  it('refuses a token by a foreign key, and no token at all', async () => {
    const { privateKey } = await makeKeyPair('ES256');
    const foreign = { sign: (data: Buffer) => makeSignature('ES256', data, privateKey) };
    for (const token of [await sign({}, 'at+jwt', foreign), 'nonsense', 'a.b.c']) {
      expect(challenge(await ask(`Bearer ${token}`))).toMatch(/^Bearer error="invalid_token"/);
    }
  });

  it.each(['profile email', undefined])('asks for openid where the scope is %s', async (scope) => {
    const response = await ask(`Bearer ${await sign({ scope })}`);
    expect(response.status).toBe(403);
    expect(challenge(response)).toMatch(/^Bearer error="insufficient_scope", scope="openid"/);
  });

  it.each([undefined, 'Basic abc'])('answers %s by a bare challenge', async (authorization) => {
    const response = await ask(authorization);
    expect(response.status).toBe(401);
    expect(challenge(response)).toMatch(/^Bearer, DPoP algs="ES256 [\w ]+"$/);
  });

  it('takes one token, from the header or from a posted form, and never from the query', async () => {
    const token = await sign();
    const form = (body: string, authorization?: string) =>
      ask(authorization, {
        method: 'POST',
        body,
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
      });
    expect((await form(`access_token=${token}`)).status).toBe(200);
    expect((await form(`access_token=${token}&access_token=${token}`)).status).toBe(400);
    expect((await form(`access_token=${token}`, 'Basic abc')).status).toBe(200);
    expect((await form(`access_token=${token}`, `Bearer ${token}`)).status).toBe(400);
    expect((await ask('Bearer')).status).toBe(400);
    expect((await ask(`Bearer ${token} ${token}`)).status).toBe(400);
    const inQuery = server.url(`/oauth2/userinfo?access_token=${token}`);
    expect((await fetch(inQuery)).status).toBe(401);
    const posted = await fetch(inQuery, {
      method: 'POST',
      body: new URLSearchParams({ access_token: token }),
    });
    expect(posted.status).toBe(400);
    const both = await fetch(inQuery, { headers: { authorization: `Bearer ${token}` } });
    expect(both.status).toBe(400);
    expect(challenge(both)).toMatch(/^Bearer error="invalid_request"/);
  });

  it('honours the revocation of a token, and of the grant that it came of', async () => {
    const revocations = server.app.get(RevocationService, { strict: false });
    const exp = Math.floor(Date.now() / 1000) + 300;
    const [jti, grantId] = [randomUUID(), randomUUID()];
    const tokens = [await sign({ jti, exp }), await sign({ grant_id: grantId, exp })];
    for (const token of tokens) expect((await ask(`Bearer ${token}`)).status).toBe(200);
    await server.app.get(GrantService, { strict: false }).create({
      grantId,
      accountId: ALICE,
      clientId: 'spa',
      sid: randomUUID(),
      scope: ['openid'],
      resources: [],
      authenticatedAt: new Date(),
      acr: 'urn:keyward:acr:password',
      amr: ['pwd'],
      expiresAt: new Date(exp * 1000),
    });
    await revocations.revokeToken({ jti, exp, audiences: [ISSUER] }, 'test');
    await revocations.revokeGrant(grantId, { reason: 'test', by: 'test' });
    for (const token of tokens) expect((await ask(`Bearer ${token}`)).status).toBe(401);
  });

  it('refuses the token of a disabled account, and of a disabled client', async () => {
    const { manager } = server.app.get(PostgresDatabase, { strict: false });
    const token = await sign({ sub: BOB, client_id: 'native' });
    for (const [table, column, id] of [
      ['account', 'account_id', BOB],
      ['client', 'client_id', 'native'],
    ]) {
      const set = (value: string) =>
        manager.query(`UPDATE ${table} SET disabled_at = ${value} WHERE ${column} = $1`, [id]);
      await set('now()');
      expect((await ask(`Bearer ${token}`)).status).toBe(401);
      await set('NULL');
      expect((await ask(`Bearer ${token}`)).status).toBe(200);
    }
  });

  it('can be read by pages of the client, and of no other', async () => {
    const origin = async (clientId: string) => {
      const token = await sign({ client_id: clientId });
      const response = await ask(`Bearer ${token}`, { headers: { origin: SPA_ORIGIN } });
      expect(response.status).toBe(200);
      return response.headers.get('access-control-allow-origin');
    };
    expect(await origin('spa')).toBe(SPA_ORIGIN);
    expect(await origin('native')).toBeNull();
  });
});
