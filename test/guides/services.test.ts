/** The guides to calling another service and to trusting another issuer, walked by the code that they show. */
import { readFile } from 'node:fs/promises';
import { type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { TestIssuer } from '@keyward/auth/testing';
import { MFA_ACR, PaymentLandscape } from '../support/payment-landscape.js';
import { CLIENT_SECRET } from '../support/openid-provider.clients.js';
import { ordersModule } from './call-another-service.example.js';
import { paymentsModule } from './trust-another-issuer.example.js';

const read = (path: string) => readFile(new URL(path, import.meta.url), 'utf8');

async function listen(module: object): Promise<INestApplication> {
  const app = await NestFactory.create(module as never, { logger: false });
  await app.listen(0, '127.0.0.1');
  return app;
}

it.each(['call-another-service', 'trust-another-issuer'])(
  'the guide %s shows what is compiled here',
  async (name) => {
    const guide = await read(`../../docs/guides/${name}.md`);
    expect(guide).toContain(`\`\`\`ts\n${await read(`./${name}.example.ts`)}\`\`\`\n`);
  },
);

describe('the guide to calling another service', () => {
  let landscape: PaymentLandscape;
  let app: INestApplication;
  beforeAll(async () => {
    landscape = await PaymentLandscape.start({ PAYMENTS_STEP_UP_LIMIT: '10.00' });
    app = await listen(
      ordersModule({
        issuer: landscape.provider.issuer,
        orders: landscape.orders.url,
        payments: landscape.payments.url,
        clientSecret: CLIENT_SECRET,
      }),
    );
  }, 120_000);
  afterAll(async () => {
    await app?.close();
    await landscape?.stop();
  });

  it('shows a service that pays for its caller, who is asked for what payments ask for', async () => {
    const pay = async (token: string) => {
      const path = '/orders/00000000-0000-4000-8000-000000000001/payment';
      const response = await fetch(`${await app.getUrl()}${path}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}` },
      });
      const challenge = response.headers.get('www-authenticate');
      return { status: response.status, challenge, body: (await response.json()) as object };
    };
    const shop = landscape.shop();
    const { access_token: weak } = await landscape.signIn(shop);
    const refused = await pay(weak);
    expect(refused).toMatchObject({
      status: 401,
      body: { error: 'insufficient_user_authentication' },
      challenge: expect.stringContaining(`acr_values="${MFA_ACR} urn:keyward:acr:phr"`),
    });
    const { access_token: strong } = await landscape.stepUp(shop, { acr_values: MFA_ACR });
    expect(await pay(strong)).toMatchObject({
      status: 201,
      body: { client_id: 'orders-service', payer: landscape.provider.alice.accountId },
    });
  }, 60_000);
});

describe('the guide to trusting another issuer', () => {
  const AUDIENCE = 'https://payments.example';
  let own: TestIssuer;
  let bank: TestIssuer;
  let app: INestApplication;
  beforeAll(async () => {
    own = await TestIssuer.start({ audience: AUDIENCE });
    bank = await TestIssuer.start({ audience: 'api://payments', algorithm: 'RS256' });
    app = await listen(paymentsModule({ own: own.url, bank: bank.url, audience: AUDIENCE }));
  });
  afterAll(async () => {
    await app.close();
    await Promise.all([own.stop(), bank.stop()]);
  });

  const get = async (token: string) => {
    const headers = { authorization: `Bearer ${token}` };
    const response = await fetch(`${await app.getUrl()}/payments`, { headers });
    return { status: response.status, body: (await response.json()) as { payerKey?: string } };
  };
  const ofBank = (claims: object = {}) =>
    bank.forge({
      header: bank.header({ typ: 'JWT' }),
      payload: bank.claims({
        ...{ client_id: undefined, jti: undefined },
        ...{ scp: 'payments:read', azp: 'app', ...claims },
      }),
    });

  it('shows a service that keeps the people of two issuers apart', async () => {
    const first = await get(own.token({ scope: 'payments:read' }));
    const second = await get(ofBank());
    expect([first.status, second.status]).toEqual([200, 200]);
    expect(first.body.payerKey).toBe(JSON.stringify([own.url, 'alice']));
    expect(second.body.payerKey).toBe(JSON.stringify([bank.url, 'alice']));
  });

  it.each<[string, () => string]>([
    ["an ID token of the bank's", () => ofBank({ nonce: 'n' })],
    ["a token of the bank's for our own audience", () => ofBank({ aud: AUDIENCE })],
    [
      'a token of ours for theirs',
      () => own.token({ scope: 'payments:read', aud: 'api://payments' }),
    ],
    ["a token of the bank's that says to be ours", () => ofBank({ iss: own.url })],
    [
      'a token of ours with their claims',
      () => own.token({ scp: 'payments:read', client_id: undefined }),
    ],
  ])('shows one that refuses %s', async (_, token) => {
    expect((await get(token())).status).toBe(401);
  });
});
