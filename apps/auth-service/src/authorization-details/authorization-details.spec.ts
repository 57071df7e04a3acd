import { type TokenResponse } from '@keyward/oauth';
import { decodeJwt } from 'jose';
import { bootstrapDocument, ORDERS, PAYMENTS } from '../testing/bootstrap.fixture.js';
import { CodeFlow, responseAt } from '../testing/code-flow.js';
import { basic, ISSUER, TestApplication } from '../testing/test-application.js';

const PAYMENT = 'payment_initiation';
const LEDGER = 'ledger';

const payment = (value: string) => ({
  type: PAYMENT,
  instructedAmount: { currency: 'EUR', value },
  creditor_name: '<b>Merchant</b>',
});
const ledger = { type: LEDGER, account: 'A-1' };
const text = (...details: object[]) => JSON.stringify(details);

function document() {
  const good = bootstrapDocument();
  return {
    ...good,
    authorization_details_types: [
      {
        type: PAYMENT,
        resource: PAYMENTS,
        name: 'Make a payment',
        description: 'The money leaves your account at once.',
        schema: {
          type: 'object',
          properties: {
            instructedAmount: {
              type: 'object',
              properties: {
                currency: { type: 'string', pattern: '^[A-Z]{3}$' },
                value: { type: 'string', pattern: '^\\d{1,9}(\\.\\d{2})?$' },
              },
              required: ['currency', 'value'],
              additionalProperties: false,
            },
            creditor_name: { type: 'string', maxLength: 70 },
          },
          required: ['instructedAmount', 'creditor_name'],
          additionalProperties: false,
        },
      },
      {
        type: LEDGER,
        resource: ORDERS,
        name: 'Read the ledger',
        schema: {
          type: 'object',
          properties: { account: { type: 'string' } },
          additionalProperties: false,
        },
      },
    ],
    clients: good.clients.map((client) =>
      ['web', 'shop'].includes(client.client_id)
        ? { ...client, authorization_details_types: [PAYMENT, LEDGER] }
        : client,
    ),
  };
}

describe('authorization details', () => {
  let server: TestApplication;
  let flow: CodeFlow;
  beforeAll(async () => {
    server = await TestApplication.start({ bootstrap: document() });
  });
  afterAll(() => server.stop());
  beforeEach(() => {
    flow = new CodeFlow(server);
  });

  const tokensOf = async (response: Response) => {
    expect(response.status).toBe(200);
    return (await response.json()) as TokenResponse;
  };
  const errorOf = async (response: Response) => ({
    status: response.status,
    error: ((await response.json()) as { error?: string }).error,
  });
  const REFUSED = { status: 400, error: 'invalid_authorization_details' };
  const refresh = (token: string | undefined, form: Record<string, string> = {}) =>
    server.post(
      '/oauth2/token',
      { grant_type: 'refresh_token', refresh_token: token ?? '', ...form },
      basic('web'),
    );

  it('go from the request over the page of consent into token, answer and introspection', async () => {
    const request = {
      scope: 'openid orders:read offline_access',
      authorization_details: text(payment('123.50'), ledger),
    };
    const consent = await consentPage(request);
    expect(consent).toContain('Make a payment');
    expect(consent).toContain('The money leaves your account at once.');
    expect(consent).toContain('instructed amount, value');
    expect(consent).toContain('123.50');
    expect(consent).toContain('&lt;b&gt;Merchant&lt;/b&gt;');
    expect(consent).not.toContain('<b>Merchant');

    const tokens = await tokensOf(await flow.redeem(await flow.code(request)));
    expect(tokens.authorization_details).toEqual([payment('123.50'), ledger]);
    const claims = decodeJwt(tokens.access_token);
    expect(claims).toMatchObject({
      aud: [ORDERS, PAYMENTS, ISSUER],
      authorization_details: [payment('123.50'), ledger],
    });

    const toPayments = await tokensOf(await refresh(tokens.refresh_token, { resource: PAYMENTS }));
    expect(decodeJwt(toPayments.access_token)).toMatchObject({
      aud: PAYMENTS,
      scope: '',
      authorization_details: [payment('123.50')],
    });
    const introspect = async (clientId: string) =>
      (
        await server.post('/oauth2/introspect', { token: tokens.access_token }, basic(clientId))
      ).json();
    expect(await introspect('payments')).toMatchObject({
      active: true,
      authorization_details: [payment('123.50')],
    });
    expect(await introspect('orders')).toMatchObject({ authorization_details: [ledger] });
  });

  it('may be fewer in a token than in its grant, and never others', async () => {
    const code = await flow.code({
      scope: 'openid offline_access',
      authorization_details: text(payment('1'), payment('2')),
    });
    for (const wanted of [payment('3'), { type: PAYMENT }, { ...payment('1'), type: LEDGER }]) {
      const change = { authorization_details: text(wanted) };
      expect(await errorOf(await flow.redeem(code, change))).toEqual(REFUSED);
    }
    // None of these used the code up, and the order of members says nothing.
    const { creditor_name, ...rest } = payment('1');
    const narrowed = { authorization_details: text({ creditor_name, ...rest }) };
    const tokens = await tokensOf(await flow.redeem(code, narrowed));
    expect(tokens.authorization_details).toEqual([payment('1')]);

    const wider = { authorization_details: text(payment('4')) };
    expect(await errorOf(await refresh(tokens.refresh_token, wider))).toEqual(REFUSED);
    const all = await tokensOf(await refresh(tokens.refresh_token));
    expect(all.authorization_details).toEqual([payment('1'), payment('2')]);
  });

  it('ask the person again for every new one, and for none that was allowed before', async () => {
    const request = (...details: object[]) => ({
      scope: 'openid',
      authorization_details: text(...details),
    });
    await flow.code(request(payment('10')));
    const silently = async (...details: object[]) => {
      const { location } = await flow.authorize({ ...request(...details), prompt: 'none' });
      return responseAt(new URL(location ?? '', ISSUER));
    };
    expect(await silently(payment('10'))).toHaveProperty('code');
    expect(await silently(payment('11'))).toMatchObject({ error: 'consent_required' });
    expect(await silently(payment('10'), { ...ledger, account: 'B-2' })).toMatchObject({
      error: 'consent_required',
    });
  });

  it('alone are asked for without a scope, and nothing is granted by scope then', async () => {
    const change = { scope: null, authorization_details: text(payment('5')) };
    const tokens = await tokensOf(await flow.redeem(await flow.code(change)));
    expect(decodeJwt(tokens.access_token)).toMatchObject({ aud: PAYMENTS, scope: '' });
    expect(tokens).not.toHaveProperty('id_token');
    const own = await server.token('shop', { authorization_details: text(ledger) });
    expect(decodeJwt(own.access_token)).toMatchObject({
      aud: ORDERS,
      scope: '',
      authorization_details: [ledger],
    });
  });

  it.each([
    ['of an unknown type', text({ type: 'unknown' })],
    ['with a member missing', text({ type: PAYMENT })],
    ['with another member', text({ ...payment('1'), urgent: true })],
    ['with a value that the type has not', text(payment('-1'))],
    ['that are no list', '{}'],
  ])('%s are refused at every endpoint', async (_, authorization_details) => {
    const { location } = await flow.authorize({ authorization_details });
    expect(responseAt(new URL(location ?? '', ISSUER))).toMatchObject({ error: REFUSED.error });
    const pushed = await server.post(
      '/oauth2/par',
      flow.query({ authorization_details }),
      basic('web'),
    );
    expect(await errorOf(pushed)).toEqual(REFUSED);
    const form = { grant_type: 'client_credentials', authorization_details };
    expect(await errorOf(await server.post('/oauth2/token', form, basic('shop')))).toEqual(REFUSED);
  });

  it('are refused to a client that is not registered for their type', async () => {
    const form = { grant_type: 'client_credentials', authorization_details: text(ledger) };
    expect(await errorOf(await server.post('/oauth2/token', form, basic('warehouse')))).toEqual(
      REFUSED,
    );
  });

  it.each([
    ['of another resource than was asked for', { resource: ORDERS }],
    ['beside a resource for nothing', { resource: 'urn:nobody' }],
  ])('%s are refused', async (_, form) => {
    const response = await server.post(
      '/oauth2/token',
      { grant_type: 'client_credentials', authorization_details: text(payment('1')), ...form },
      basic('shop'),
    );
    expect(await errorOf(response)).toEqual({ status: 400, error: 'invalid_target' });
  });

  it('are named in the metadata by their types', async () => {
    const response = await fetch(server.url('/.well-known/oauth-authorization-server'));
    expect(await response.json()).toMatchObject({
      authorization_details_types_supported: [PAYMENT, LEDGER],
    });
  });

  /** Signs in, and stops where the person is asked. */
  async function consentPage(change: Record<string, string>): Promise<string> {
    const other = new CodeFlow(server);
    await other.code({ scope: 'openid' });
    const { location } = await other.authorize(change);
    return (await other.browser.get(location ?? '')).html;
  }
});
