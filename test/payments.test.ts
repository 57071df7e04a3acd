/** A person's order is paid by another service: token exchange, step-up and revocation, across processes. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ACCESS_TOKEN_TYPE, TOKEN_EXCHANGE_GRANT } from '@keyward/oauth';
import { decodeJwt } from 'jose';
import { MFA_ACR, orderOf, PaymentLandscape } from './support/payment-landscape.js';
import { machine } from './support/exchange-landscape.js';
import { type RelyingParty, type Tokens } from './support/relying-party.js';

interface Order {
  readonly id: string;
  readonly total_minor: number;
  readonly payment: { readonly status: string; readonly id?: string };
}

describe('an order that is paid at payments-service', () => {
  let landscape: PaymentLandscape;
  let shop: RelyingParty;
  let tokens: Tokens;
  beforeAll(async () => {
    landscape = await PaymentLandscape.start();
    shop = landscape.shop();
    tokens = await landscape.signIn(shop);
  }, 120_000);
  afterAll(() => landscape?.stop());

  const call = async (url: string, token: string, method = 'GET', body?: object) => {
    const response = await fetch(url, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: (text === '' ? null : JSON.parse(text)) as Order & { error?: string },
    };
  };
  const place = (cents: number, token = tokens.access_token) =>
    call(`${landscape.orders.url}/orders`, token, 'POST', orderOf(cents));
  const pay = (path: string, token: string) =>
    call(`${landscape.orders.url}${path}/payment`, token, 'POST');
  const show = (path: string) => call(`${landscape.orders.url}${path}`, tokens.access_token);
  const exchange = async (subject: string) => {
    const response = await landscape.provider.post('/oauth2/token', machine('orders-service'), {
      grant_type: TOKEN_EXCHANGE_GRANT,
      subject_token: subject,
      subject_token_type: ACCESS_TOKEN_TYPE,
      resource: landscape.payments.url,
    });
    return ((await response.json()) as { access_token: string }).access_token;
  };
  /** What payments-service has in its journal. */
  const journal = async () =>
    (await readFile(join(landscape.provider.directory, 'payments.jsonl'), 'utf8'))
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Record<string, unknown>);

  it('is paid as it is placed, in the name of who placed it and through orders-service', async () => {
    const { status, body } = await place(2500);
    expect([status, body.total_minor, body.payment.status]).toEqual([201, 2500, 'paid']);
    expect(await journal()).toContainEqual(
      expect.objectContaining({
        id: body.payment.id,
        order_id: body.id,
        payer: landscape.provider.alice.accountId,
        client_id: 'orders-service',
        amount_minor: 2500,
      }),
    );
    const again = await pay(`/orders/${body.id}`, tokens.access_token);
    expect([again.status, again.body.payment]).toEqual([200, body.payment]);
  });

  it('cannot be changed or removed once it is paid', async () => {
    const { body } = await place(100);
    const url = `${landscape.orders.url}/orders/${body.id}`;
    expect((await call(url, tokens.access_token, 'PUT', orderOf(1))).status).toBe(409);
    expect((await call(url, tokens.access_token, 'DELETE')).status).toBe(409);
  });

  it('takes a token for payments and nobody else, which names the person and orders-service', async () => {
    const claims = decodeJwt(await exchange(tokens.access_token));
    expect(claims).toMatchObject({
      sub: landscape.provider.alice.accountId,
      aud: landscape.payments.url,
      client_id: 'orders-service',
      act: { sub: 'orders-service' },
      scope: 'payments:write',
      grant_id: decodeJwt(tokens.access_token)['grant_id'],
    });
    const payment = { currency: 'EUR', amount_minor: 1 };
    const url = `${landscape.payments.url}/payments/00000000-0000-4000-8000-000000000001`;
    const direct = await call(url, tokens.access_token, 'PUT', payment);
    expect([direct.status, direct.body.error]).toEqual([401, 'invalid_token']);
  });

  it('is paid once, whoever asks at the same time', async () => {
    const { headers, body } = await place(20_000);
    expect(body.error).toBe('insufficient_user_authentication');
    const path = headers.get('location') ?? '';
    const url = `${landscape.payments.url}/payments/${path.split('/').at(-1)}`;
    const token = await exchange(tokens.access_token);
    const small = { currency: 'EUR', amount_minor: 500 };
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => call(url, token, 'PUT', small)),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(new Set(answers.map(({ body: { id } }) => id)).size).toBe(1);
    expect((await call(url, token, 'PUT', { ...small, amount_minor: 501 })).status).toBe(409);
  });

  it('asks the caller for a second factor where payments ask for one, and is paid with it', async () => {
    const bobs = landscape.shop();
    const weak = await landscape.signIn(bobs, undefined, landscape.provider.bob);
    const placed = await place(10_001, weak.access_token);
    expect([placed.status, placed.body.error]).toEqual([401, 'insufficient_user_authentication']);
    const challenge = placed.headers.get('www-authenticate') ?? '';
    const said = Object.fromEntries(
      [...(challenge.split(', DPoP')[0] ?? '').matchAll(/(\w+)="([^"]*)"/g)].map(([, k, v]) => [
        k,
        v,
      ]),
    ) as Record<string, string>;
    expect(said).toMatchObject({
      acr_values: `${MFA_ACR} urn:keyward:acr:phr`,
      scope: 'orders:write payments:write',
      resource_metadata: `${landscape.orders.url}/.well-known/oauth-protected-resource`,
    });
    const path = placed.headers.get('location') ?? '';
    const shown = await call(`${landscape.orders.url}${path}`, weak.access_token);
    expect(shown.body.payment).toEqual({ status: 'unpaid' });
    expect((await pay(path, weak.access_token)).status).toBe(401);

    const { acr_values = '', scope = '' } = said;
    const stepped = await landscape.stepUp(bobs, { acr_values, scope });
    const paid = await pay(path, stepped.access_token);
    expect([paid.status, paid.body.payment.status]).toEqual([200, 'paid']);
    // What is paid takes no second factor any more.
    expect((await pay(path, weak.access_token)).status).toBe(200);
    // To anybody else it does not exist.
    expect((await pay(path, tokens.access_token)).status).toBe(404);
  }, 60_000);

  it('stays unpaid for a token that may not pay, and says which scope is missing', async () => {
    const other = landscape.shop();
    const { access_token: token } = await landscape.signIn(
      other,
      'openid orders:read orders:write',
    );
    const placed = await place(300, token);
    expect([placed.status, placed.body.payment.status]).toEqual([201, 'unpaid']);
    const refused = await pay(`/orders/${placed.body.id}`, token);
    expect([refused.status, refused.body.error]).toEqual([403, 'insufficient_scope']);
    expect(refused.headers.get('www-authenticate')).toContain(
      'scope="orders:write payments:write"',
    );
  });

  it('ends with the grant, at payments too', async () => {
    const other = landscape.shop();
    const mine = await landscape.signIn(other);
    const token = await exchange(mine.access_token);
    const url = `${landscape.payments.url}/payments/00000000-0000-4000-8000-000000000002`;
    const payment = { currency: 'EUR', amount_minor: 5 };
    expect((await call(url, token, 'PUT', payment)).status).toBe(200);
    const form = { token: mine.refresh_token ?? '' };
    const revoked = await landscape.provider.post('/oauth2/revoke', other.client, form);
    expect(revoked.status).toBe(200);
    const end = Date.now() + 10_000;
    while ((await call(url, token, 'PUT', payment)).status !== 401) {
      expect(Date.now()).toBeLessThan(end);
      await sleep(20);
    }
    expect((await place(5, mine.access_token)).status).toBe(401);
  });

  it('is placed while payments are down, and paid when they are back', async () => {
    await landscape.payments.stop();
    const { status, body } = await place(700);
    expect([status, body.payment.status]).toEqual([201, 'pending']);
    const path = `/orders/${body.id}`;
    const refused = await pay(path, tokens.access_token);
    expect([refused.status, Number(refused.headers.get('retry-after')) > 0]).toEqual([503, true]);
    await landscape.restartPayments();
    const paid = await pay(path, tokens.access_token);
    expect([paid.status, paid.body.payment.status]).toEqual([200, 'paid']);
  }, 60_000);

  it('is asked about by orders-service itself where nobody heard how its payment ended', async () => {
    // Payments are asked directly, as if the answer had been lost on its way back to orders.
    await landscape.payments.stop();
    const { body } = await place(900);
    expect(body.payment.status).toBe('pending');
    await landscape.restartPayments();
    const url = `${landscape.payments.url}/payments/${body.id}`;
    const token = await exchange(tokens.access_token);
    expect((await call(url, token, 'PUT', { currency: 'EUR', amount_minor: 900 })).status).toBe(
      200,
    );
    const end = Date.now() + 20_000;
    while ((await show(`/orders/${body.id}`)).body.payment.status !== 'paid') {
      expect(Date.now()).toBeLessThan(end);
      await sleep(50);
    }
  }, 60_000);

  it('leaves no token and no secret in any log', () => {
    expect(landscape.output).not.toContain(tokens.access_token.split('.')[2]);
    expect(landscape.output).not.toContain(shop.client.secret);
  });
});
