import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { ACCESS_TOKEN_TYPE, TOKEN_EXCHANGE_GRANT } from '@keyward/oauth';
import { decodeJwt } from 'jose';
import * as client from 'openid-client';
import { type AppProcess } from './support/app-process.js';
import { exchangeLandscape, GATEWAY } from './support/exchange-landscape.js';
import { freeLoopbackPort } from './support/free-loopback-port.js';
import { OpenIdProvider } from './support/openid-provider.js';
import { CLIENT_SECRET, WEB } from './support/openid-provider.clients.js';
import { startOrdersService } from './support/orders-service.js';
import { RelyingParty } from './support/relying-party.js';

/** Far above what is aimed at: the machine may be busy. The figure itself is printed. */
const BOUND_MS = 5000;

describe('a token that a gateway exchanges for orders, by openid-client', () => {
  let provider: OpenIdProvider;
  let orders: AppProcess;
  let party: RelyingParty;
  let gateway: client.Configuration;
  beforeAll(async () => {
    const port = String(await freeLoopbackPort());
    provider = await OpenIdProvider.start(await exchangeLandscape(`http://127.0.0.1:${port}`));
    orders = await startOrdersService({
      ORDERS_PORT: port,
      ORDERS_ISSUER: provider.issuer,
      ORDERS_FILE: join(provider.directory, 'orders.json'),
      ORDERS_CLIENT_SECRET: CLIENT_SECRET,
    });
    party = new RelyingParty(provider, WEB);
    gateway = await discover('gateway');
    await until(async () => {
      const health = (await (await fetch(`${orders.url}/health`)).json()) as { status: string };
      return health.status === 'ready';
    });
  }, 120_000);
  afterAll(async () => {
    await orders.stop();
    await provider.stop();
  });

  const discover = (clientId: string) =>
    client.discovery(
      new URL(provider.issuer),
      clientId,
      undefined,
      client.ClientSecretBasic(CLIENT_SECRET),
      { execute: [client.allowInsecureRequests] },
    );
  const signIn = () =>
    party.signIn({ scope: 'openid offline_access orders:read', resource: GATEWAY });
  const exchange = (subjectToken: string) =>
    client.genericGrantRequest(gateway, TOKEN_EXCHANGE_GRANT, {
      subject_token: subjectToken,
      subject_token_type: ACCESS_TOKEN_TYPE,
      resource: orders.url,
    });
  const statusAtOrders = async (token: string) => {
    const headers = { authorization: `Bearer ${token}` };
    const response = await fetch(`${orders.url}/orders`, { headers });
    await response.arrayBuffer();
    return response.status;
  };

  it('is accepted there, where the token before is not, and names person and gateway', async () => {
    expect(gateway.serverMetadata().grant_types_supported).toContain(TOKEN_EXCHANGE_GRANT);
    const { access_token: subject } = await signIn();
    expect(await statusAtOrders(subject)).toBe(401);
    const answer = await exchange(subject);
    expect(answer).toMatchObject({ issued_token_type: ACCESS_TOKEN_TYPE, scope: 'orders:read' });
    expect(answer).not.toHaveProperty('refresh_token');
    expect(answer).not.toHaveProperty('id_token');
    expect(await statusAtOrders(answer.access_token)).toBe(200);

    const { grant_id, exp } = decodeJwt(subject);
    const introspected = await client.tokenIntrospection(
      await discover('orders'),
      answer.access_token,
    );
    expect(introspected).toMatchObject({
      ...{ active: true, sub: provider.alice.accountId, aud: orders.url, client_id: 'gateway' },
      ...{ act: { sub: 'gateway' }, grant_id },
    });
    expect(introspected.exp).toBeLessThanOrEqual(exp ?? 0);
  });

  it('ends at once with what the person allowed: in introspection, and there by the feed', async () => {
    const tokens = await signIn();
    const { access_token } = await exchange(tokens.access_token);
    const introspecting = await discover('orders');
    expect(await client.tokenIntrospection(introspecting, access_token)).toMatchObject({
      active: true,
    });
    expect(await statusAtOrders(access_token)).toBe(200);

    const start = performance.now();
    await client.tokenRevocation(await discover(WEB.id), tokens.refresh_token ?? '');
    expect(await client.tokenIntrospection(introspecting, access_token)).toEqual({ active: false });
    await until(async () => (await statusAtOrders(access_token)) === 401, BOUND_MS);
    process.stdout.write(`an exchanged token: refused after ${performance.now() - start} ms\n`);
    await expect(exchange(tokens.access_token)).rejects.toMatchObject({ error: 'invalid_request' });
  });
});

async function until(condition: () => Promise<boolean>, withinMs = 10_000): Promise<void> {
  for (const end = Date.now() + withinMs; Date.now() < end; await sleep(5)) {
    if (await condition()) return;
  }
  throw new Error(`it did not come true within ${withinMs} ms`);
}
