import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose';
import { HttpBrowser } from '../support/http-browser.js';
import { signIn } from './signed-in.js';
import { startTopology } from './start-topology.js';
import { type Topology } from './topology.js';
import { describeTopology, TOPOLOGY_TIMEOUT_MS, until } from './topology.suite.js';

const ORDER = {
  currency: 'EUR',
  items: [{ sku: 'KEY-BLANK', quantity: 3, unit_price_minor: 180 }],
};

describeTopology('the deployment from end to end', () => {
  let topology: Topology;
  beforeAll(async () => {
    topology = await startTopology();
  }, TOPOLOGY_TIMEOUT_MS);
  afterAll(() => topology.stop(), TOPOLOGY_TIMEOUT_MS);

  const introspect = async (token: string) =>
    (await topology.post('/oauth2/introspect', topology.ordersClient, { token })).json();

  it('calls itself by its issuer, whatever address it is reached by', async () => {
    const url = `${topology.issuer}/.well-known/openid-configuration`;
    const metadata = (await (await fetch(url)).json()) as Record<string, string>;
    expect(metadata['issuer']).toBe(topology.issuer);
    expect(metadata['token_endpoint']).toBe(`${topology.issuer}/oauth2/token`);
  });

  it('lets a client read and write orders with a token of its own, and one without not', async () => {
    const token = await topology.token(topology.writer);
    const placed = await topology.callOrders(token, ORDER);
    expect(placed.status).toBe(201);
    const { id } = (await placed.json()) as { id: string };
    const orders = (await (await topology.callOrders(token)).json()) as { id: string }[];
    expect(orders.map((order) => order.id)).toContain(id);
    const refused = await topology.callOrders(await topology.token(topology.reader), ORDER);
    expect(refused.status).toBe(403);
    expect((await topology.callOrders('no-token')).status).toBe(401);
  });

  it('signs a person in, and what they get is good at orders-service and rotates', async () => {
    const tokens = await signIn(topology);
    const keys = createRemoteJWKSet(new URL(`${topology.issuer}/.well-known/jwks.json`));
    const { payload } = await jwtVerify(tokens.id_token, keys, {
      issuer: topology.issuer,
      audience: topology.web.id,
    });
    expect(payload.sub).toBe(decodeJwt(tokens.access_token).sub);
    expect((await topology.callOrders(tokens.access_token)).status).toBe(200);
    const form = { grant_type: 'refresh_token', refresh_token: tokens.refresh_token };
    const refreshed = await topology.post('/oauth2/token', topology.web, form);
    expect(refreshed.status).toBe(200);
    const next = (await refreshed.json()) as { refresh_token: string };
    expect(next.refresh_token).not.toBe(tokens.refresh_token);
  });

  it('pays for an order in the name of whom it is for, at payments-service', async () => {
    const { access_token } = await signIn(topology);
    const placed = await topology.callOrders(access_token, ORDER);
    expect(placed.status).toBe(201);
    const { payment } = (await placed.json()) as { payment: { status: string } };
    expect(payment.status).toBe('paid');
    // The person's token is for orders-service, and for nobody else.
    const headers = { authorization: `Bearer ${access_token}` };
    expect((await fetch(`${topology.payments}/payments`, { headers })).status).toBe(401);
  });

  it('asks for a stronger sign-in before much is paid, and says so to who asked', async () => {
    const { access_token } = await signIn(topology);
    const items = [{ sku: 'SAFE-1', quantity: 1, unit_price_minor: 90_000 }];
    const placed = await topology.callOrders(access_token, { currency: 'EUR', items });
    expect(placed.status).toBe(401);
    expect(placed.headers.get('www-authenticate')).toContain(
      'error="insufficient_user_authentication"',
    );
  });

  it('serves the storefront, which sends a browser to the sign-in page', async () => {
    expect((await fetch(`${topology.storefront}/health`)).status).toBe(200);
    const page = await fetch(topology.storefront);
    expect(page.headers.get('content-security-policy')).toContain("script-src 'self'");
    const browser = new HttpBrowser([topology.storefront, topology.issuer]);
    const signInPage = await browser.open(`${topology.storefront}/bff/login`);
    expect(signInPage.url.origin).toBe(topology.issuer);
    expect(signInPage.form?.fields).toHaveProperty('password');
  });

  it('knows at introspection what is live, whichever replica is asked', async () => {
    const token = await topology.token(topology.writer);
    for (let n = 0; n < 4; n += 1) expect(await introspect(token)).toMatchObject({ active: true });
    await topology.post('/oauth2/revoke', topology.writer, { token });
    for (let n = 0; n < 4; n += 1) expect(await introspect(token)).toEqual({ active: false });
  });

  it('carries a revocation to orders-service through the proxy', async () => {
    const token = await topology.token(topology.writer);
    expect((await topology.callOrders(token)).status).toBe(200);
    await topology.post('/oauth2/revoke', topology.writer, { token });
    await until(async () => (await topology.callOrders(token)).status === 401);
  });

  it('believes its proxy about addresses, and a client about nothing', async () => {
    const correlationId = `addresses-${Date.now()}`;
    const answer = await fetch(`${topology.issuer}/oauth2/token`, {
      method: 'POST',
      headers: {
        authorization: `Basic ${Buffer.from(`${topology.reader.id}:guessed`).toString('base64')}`,
        'x-forwarded-for': '198.51.100.7',
        'x-request-id': correlationId,
      },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    });
    expect(answer.status).toBe(401);
    const audited = async () =>
      (await topology.authServiceLog())
        .split('\n')
        .find((line) => line.includes('client.authentication') && line.includes(correlationId));
    await until(async () => (await audited()) !== undefined);
    expect(await audited()).toMatch(/address=(127\.|::1|172\.|192\.168\.|10\.)/);
    expect(await audited()).not.toContain('198.51.100.7');
  });
});
