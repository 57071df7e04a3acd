import { randomUUID } from 'node:crypto';
import { ClientStore } from '../client/client.store.js';
import { type Grant } from '../grant/grant.js';
import { GrantService } from '../grant/grant.service.js';
import { RefreshTokenService } from '../refresh-token/refresh-token.service.js';
import { describeWithRedis } from '../storage/testing/describe-with-redis.js';
import { ALICE, ORDERS } from '../testing/bootstrap.fixture.js';
import { basic, TestApplication } from '../testing/test-application.js';

interface Tokens {
  readonly access_token: string;
  readonly refresh_token: string;
}

describeWithRedis('POST /oauth2/revoke with a refresh token', (redis) => {
  let server: TestApplication;
  beforeAll(async () => {
    server = await TestApplication.start({ redis: redis() });
  });
  afterAll(() => server.stop());

  async function begin(): Promise<string> {
    const get = <T>(type: abstract new (...args: never[]) => T): T =>
      server.app.get<T>(type as never, { strict: false });
    const grant: Grant = {
      grantId: randomUUID(),
      accountId: ALICE,
      clientId: 'web',
      sid: randomUUID(),
      scope: ['offline_access', 'orders:read'],
      resources: [ORDERS],
      authenticatedAt: new Date(),
      acr: '1',
      amr: ['pwd'],
      expiresAt: new Date(Date.now() + 86_400_000),
    };
    const client = await get(ClientStore).find('web');
    if (client === null) throw new Error('there is no client web');
    await get(GrantService).create(grant);
    return (await get(RefreshTokenService).issue(client, grant)) ?? '';
  }
  const refresh = (token: string) =>
    server.post(
      '/oauth2/token',
      { grant_type: 'refresh_token', refresh_token: token },
      basic('web'),
    );
  const rotate = async (token: string) => (await (await refresh(token)).json()) as Tokens;
  const revoke = async (token: string, clientId = 'web') => {
    const response = await server.post('/oauth2/revoke', { token }, basic(clientId));
    expect(response.status).toBe(200);
  };
  const isActive = async (token: string) => {
    const response = await server.post('/oauth2/introspect', { token }, basic('web'));
    return ((await response.json()) as { active: boolean }).active;
  };

  it.each(['newest', 'first'])('ends the grant by its %s generation, at once', async (which) => {
    const first = await begin();
    const { refresh_token: newest, access_token } = await rotate(first);
    expect(await isActive(access_token)).toBe(true);
    await revoke(which === 'first' ? first : newest);
    expect((await refresh(newest)).status).toBe(400);
    expect((await refresh(first)).status).toBe(400);
    expect(await isActive(access_token)).toBe(false);
    await revoke(newest);
  });

  it('leaves the grant of another client alone, and one whose tag is wrong', async () => {
    const token = await begin();
    await revoke(token, 'shop');
    await revoke(`${token.slice(0, -2)}${token.endsWith('AA') ? 'QQ' : 'AA'}`);
    expect((await refresh(token)).status).toBe(200);
  });
});
