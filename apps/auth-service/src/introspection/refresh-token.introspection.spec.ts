import { randomUUID } from 'node:crypto';
import { ClientStore } from '../client/client.store.js';
import { type Grant } from '../grant/grant.js';
import { GrantService } from '../grant/grant.service.js';
import { RefreshTokenService } from '../refresh-token/refresh-token.service.js';
import { ALICE, ORDERS } from '../testing/bootstrap.fixture.js';
import { basic, ISSUER, TestApplication } from '../testing/test-application.js';

describe('refresh tokens at introspection', () => {
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

  it('calls a token of a revoked grant inactive', async () => {
    const { grant, token } = await begin();
    await get(GrantService).revoke(grant.grantId, { reason: 'test', by: 'server' });
    expect(await introspect(token)).toEqual({ active: false });
  });
});
