import { randomUUID } from 'node:crypto';
import { ClientStore } from '../client/client.store.js';
import { type Grant } from '../grant/grant.js';
import { GrantService } from '../grant/grant.service.js';
import { RefreshTokenService } from '../refresh-token/refresh-token.service.js';
import { ALICE, ORDERS } from '../testing/bootstrap.fixture.js';
import { basic, ISSUER, TestApplication } from '../testing/test-application.js';

describe('refresh tokens at revocation and introspection', () => {
  let server: TestApplication;
  beforeAll(async () => {
    server = await TestApplication.start();
  });
  afterAll(() => server.stop());

  const get = <T>(type: abstract new (...args: never[]) => T): T =>
    server.app.get<T>(type as never, { strict: false });

  async function begin() {
    const grant: Grant = {
      grantId: randomUUID(),
      accountId: ALICE,
      clientId: 'web',
      sid: randomUUID(),
      scope: ['openid', 'offline_access', 'orders:read'],
      resources: [ORDERS],
      authenticatedAt: new Date(1_790_000_000_000),
      acr: 'urn:acr',
      amr: ['pwd'],
      expiresAt: new Date(Date.now() + 3_600_000),
    };
    const client = await get(ClientStore).find('web');
    if (client === null) throw new Error('there is no client web');
    await get(GrantService).create(grant);
    const token = (await get(RefreshTokenService).issue(client, grant)) ?? '';
    return { grant, token };
  }
  async function refresh(token: string) {
    const form = { grant_type: 'refresh_token', refresh_token: token };
    const response = await server.post('/oauth2/token', form, basic('web'));
    return (await response.json()) as {
      refresh_token: string;
      access_token: string;
      error?: string;
    };
  }
  async function introspect(token: string, clientId = 'web', hint = 'refresh_token') {
    const form = { token, token_type_hint: hint };
    const response = await server.post('/oauth2/introspect', form, basic(clientId));
    expect(response.status).toBe(200);
    return (await response.json()) as { active: boolean };
  }
  async function revoke(token: string, clientId = 'web', hint = 'refresh_token') {
    const form = { token, token_type_hint: hint };
    const response = await server.post('/oauth2/revoke', form, basic(clientId));
    expect({ status: response.status, body: await response.text() }).toEqual({
      status: 200,
      body: '',
    });
  }

  it('describes a token that is in force to its client, and to nobody else', async () => {
    const { grant, token } = await begin();
    expect(await introspect(token, 'web', 'access_token')).toEqual({
      active: true,
      iss: ISSUER,
      sub: ALICE,
      client_id: 'web',
      scope: 'openid offline_access orders:read',
      exp: expect.any(Number),
      grant_id: grant.grantId,
      auth_time: 1_790_000_000,
      acr: 'urn:acr',
      amr: ['pwd'],
    });
    for (const clientId of ['orders', 'house', 'shop']) {
      expect(await introspect(token, clientId)).toEqual({ active: false });
    }
  });

  it('calls a token that was rotated out inactive, and a forged one', async () => {
    const { token } = await begin();
    const { refresh_token } = await refresh(token);
    expect(await introspect(token)).toEqual({ active: false });
    expect(await introspect(refresh_token)).toMatchObject({ active: true });
    expect(await introspect(`${refresh_token.slice(0, -2)}AA`)).toEqual({ active: false });
    expect(await introspect('kwr_')).toEqual({ active: false });
  });

  it.each([
    ['the latest', (tokens: string[]) => tokens.at(-1)],
    ['the one before', (tokens: string[]) => tokens.at(-2)],
    ['the very first', (tokens: string[]) => tokens[0]],
  ])('ends the grant with all that came of it when %s is revoked', async (_, choose) => {
    const { grant, token } = await begin();
    const tokens = [token];
    let accessToken = '';
    for (let n = 0; n < 3; n += 1) {
      const answer = await refresh(tokens.at(-1) ?? '');
      tokens.push(answer.refresh_token);
      accessToken = answer.access_token;
    }
    expect(await introspect(accessToken, 'orders')).toMatchObject({ active: true });
    await revoke(choose(tokens) ?? '', 'web', 'access_token');
    expect(await introspect(accessToken, 'orders')).toEqual({ active: false });
    expect(await introspect(tokens.at(-1) ?? '')).toEqual({ active: false });
    expect((await refresh(tokens.at(-1) ?? '')).error).toBe('invalid_grant');
    expect((await get(GrantService).find(grant.grantId))?.cause).toEqual({
      reason: 'client_request',
      by: 'client web',
    });
  });

  it('leaves the token of another client alone, and one that nobody signed', async () => {
    const { grant, token } = await begin();
    await revoke(token, 'shop');
    await revoke(token, 'house');
    await revoke(`${token.slice(0, -2)}AA`);
    await revoke('kwr_garbage');
    expect((await get(GrantService).find(grant.grantId))?.revokedAt).toBeNull();
    expect((await refresh(token)).error).toBeUndefined();
  });
});
