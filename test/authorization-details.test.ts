/** Rich authorization requests from end to end: openid-client, auth-service and the library's decorators. */
import { AuthorizationDetails, Authenticated, CurrentAuthorizationDetails } from '@keyward/auth';
import { type AuthorizationDetail } from '@keyward/oauth';
import { Controller, Get, Post, type ExecutionContext } from '@nestjs/common';
import { decodeJwt } from 'jose';
import * as client from 'openid-client';
import { HttpBrowser } from './support/http-browser.js';
import { machine } from './support/exchange-landscape.js';
import { OpenIdProvider } from './support/openid-provider.js';
import {
  CLIENT_SECRET,
  declare,
  ORDERS,
  PAYMENTS,
  type ProviderClient,
  WEB,
} from './support/openid-provider.clients.js';
import { RelyingParty } from './support/relying-party.js';
import { PLATFORMS, ResourceServer } from './support/resource-server.js';

const PAYMENT = 'payment_initiation';
const LEDGER = 'ledger';
const payment = (amount: string) => ({ type: PAYMENT, amount, to: '<i>Merchant</i>' });
const ledger = { type: LEDGER, account: 'A-1' };
const text = (...details: object[]) => JSON.stringify(details);

const closed = (properties: object) => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
});
const TYPES = [
  {
    type: PAYMENT,
    resource: PAYMENTS,
    name: 'Make a payment',
    schema: closed({ amount: { type: 'string', pattern: '^\\d+$' }, to: { type: 'string' } }),
  },
  {
    type: LEDGER,
    resource: ORDERS,
    name: 'Read the ledger',
    schema: closed({ account: { type: 'string' } }),
  },
];
const PAYER: ProviderClient = {
  ...WEB,
  id: 'payer',
  redirectUri: 'https://payer.example.com/cb',
};

const isForThisAmount = (detail: AuthorizationDetail, context: ExecutionContext): boolean => {
  const { body } = context.switchToHttp().getRequest<{ body: { amount?: unknown } }>();
  return detail['amount'] === body.amount;
};

@Controller('payments')
class PaymentsController {
  @Post()
  @AuthorizationDetails(PAYMENT, isForThisAmount)
  pay(@CurrentAuthorizationDetails(PAYMENT) payments: readonly AuthorizationDetail[]): object {
    return { payments };
  }

  @Get('ledger')
  @AuthorizationDetails(LEDGER)
  ledger(): object {
    return {};
  }

  @Get('failing')
  @AuthorizationDetails(PAYMENT, () => {
    throw new Error('the predicate failed');
  })
  failing(): object {
    return {};
  }

  @Get('all')
  @Authenticated()
  all(@CurrentAuthorizationDetails() details: readonly AuthorizationDetail[]): object {
    return { details };
  }
}

describe('authorization details, by openid-client', () => {
  let provider: OpenIdProvider;
  let config: client.Configuration;
  beforeAll(async () => {
    provider = await OpenIdProvider.start({
      authorizationDetailsTypes: TYPES,
      clients: [
        { ...declare(PAYER), authorization_details_types: [PAYMENT, LEDGER] },
        {
          client_id: 'payments',
          name: 'Payments, to introspect',
          token_endpoint_auth_method: 'client_secret_basic',
          client_secret: { env: 'CLIENT_SECRET' },
          grant_types: [],
          scope: '',
          own_resource: PAYMENTS,
        },
      ],
    });
    config = await discover(PAYER.id);
  }, 60_000);
  afterAll(() => provider.stop());

  const discover = (id: string) =>
    client.discovery(
      new URL(provider.issuer),
      id,
      undefined,
      client.ClientSecretBasic(CLIENT_SECRET),
      { execute: [client.allowInsecureRequests] },
    );

  type Send = typeof client.buildAuthorizationUrlWithPAR;
  const pushed: Send = client.buildAuthorizationUrlWithPAR;
  const inTheUrl: Send = async (by, parameters) => client.buildAuthorizationUrl(by, parameters);

  /** Signs alice in; what she reads before she allows it, and what the client may redeem then. */
  async function authorize(details: string, send: Send = pushed) {
    const pkceCodeVerifier = client.randomPKCECodeVerifier();
    const [expectedState, expectedNonce] = [client.randomState(), client.randomNonce()];
    const url = await send(config, {
      redirect_uri: PAYER.redirectUri,
      scope: 'openid offline_access',
      code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
      code_challenge_method: 'S256',
      state: expectedState,
      nonce: expectedNonce,
      authorization_details: details,
    });
    const browser = new HttpBrowser([provider.issuer]);
    const { username, password } = provider.alice;
    const consent = await browser.submit(await browser.open(url), { username, password });
    const end = await provider.complete(browser, consent);
    const checks = { pkceCodeVerifier, expectedState, expectedNonce };
    const redeem = (parameters: Record<string, string> = {}) =>
      client.authorizationCodeGrant(config, end.url, checks, parameters);
    return { consent: consent.html, redeem };
  }

  it.each([
    ['pushed', pushed],
    ['in the URL', inTheUrl],
  ])(
    'that are %s are read by the person, and go into answer, token and introspection',
    async (way, send) => {
      // What was allowed once is not asked again: each way has an amount of its own.
      const wanted = payment(way === 'pushed' ? '123' : '124');
      const { consent, redeem } = await authorize(text(wanted, ledger), send);
      expect(consent).toContain('Make a payment');
      expect(consent).toContain(wanted.amount);
      expect(consent).toContain('&lt;i&gt;Merchant&lt;/i&gt;');
      expect(consent).not.toContain('<i>Merchant');

      const tokens = await redeem();
      expect(tokens.authorization_details).toEqual([wanted, ledger]);
      expect(decodeJwt(tokens.access_token)).toMatchObject({
        authorization_details: [wanted, ledger],
      });
      for (const [id, details] of [
        ['payments', [wanted]],
        ['orders', [ledger]],
      ] as const) {
        const introspected = await client.tokenIntrospection(
          await discover(id),
          tokens.access_token,
        );
        expect(introspected).toMatchObject({ active: true, authorization_details: details });
      }
    },
  );

  it('are fewer where the code or a refresh asks for fewer, and whole again at the next', async () => {
    const { redeem } = await authorize(text(payment('1'), payment('2')));
    const narrowed = await redeem({ authorization_details: text(payment('1')) });
    expect(narrowed.authorization_details).toEqual([payment('1')]);
    const refresh = (token: string | undefined, parameters?: Record<string, string>) =>
      client.refreshTokenGrant(config, token ?? '', parameters);
    const other = await refresh(narrowed.refresh_token, {
      authorization_details: text(payment('2')),
    });
    expect(decodeJwt(other.access_token)['authorization_details']).toEqual([payment('2')]);
    const whole = await refresh(other.refresh_token);
    expect(whole.authorization_details).toEqual([payment('1'), payment('2')]);
  });

  it('are never others than were allowed, and asking for others costs nothing', async () => {
    const refused = { error: 'invalid_authorization_details', status: 400 };
    const { redeem } = await authorize(text(payment('3')));
    for (const other of [payment('4'), { ...payment('3'), type: LEDGER }, ledger]) {
      const parameters = { authorization_details: text(other) };
      await expect(redeem(parameters)).rejects.toMatchObject(refused);
    }
    const tokens = await redeem();
    await expect(
      client.refreshTokenGrant(config, tokens.refresh_token ?? '', {
        authorization_details: text(payment('3'), payment('4')),
      }),
    ).rejects.toMatchObject(refused);
    const refreshed = await client.refreshTokenGrant(config, tokens.refresh_token ?? '');
    expect(refreshed.authorization_details).toEqual([payment('3')]);
  });

  it('are refused at once where they break their schema, or are not for the client', async () => {
    await expect(authorize(text({ ...payment('1'), urgent: true }))).rejects.toMatchObject({
      error: 'invalid_authorization_details',
    });
    const response = await provider.post('/oauth2/par', machine(WEB.id), {
      redirect_uri: WEB.redirectUri,
      response_type: 'code',
      scope: 'openid',
      code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
      code_challenge_method: 'S256',
      authorization_details: text(payment('1')),
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: 'invalid_authorization_details' });
  });

  it('are in the metadata, by their types', () => {
    expect(config.serverMetadata()['authorization_details_types_supported']).toEqual([
      PAYMENT,
      LEDGER,
    ]);
  });

  describe.each(PLATFORMS)('at a resource server on %s', (platform) => {
    let server: ResourceServer;
    let token: string;
    beforeAll(async () => {
      server = await ResourceServer.start(platform, {
        trusts: [{ issuer: provider.issuer, audience: PAYMENTS }],
        controllers: [PaymentsController],
      });
      const amount = platform === 'express' ? '55' : '56';
      const { redeem } = await authorize(text(payment(amount), payment('7'), ledger));
      token = (await redeem({ resource: PAYMENTS })).access_token;
    }, 60_000);
    afterAll(() => server.stop());

    const call = (path: string, by = token) => server.get(`/payments${path}`, by);
    const pay = (amount: string, by = token) =>
      server.send('/payments', {
        method: 'POST',
        headers: { authorization: `Bearer ${by}`, 'content-type': 'application/json' },
        body: JSON.stringify({ amount }),
      });
    const expectForbidden = ({ status, headers }: Awaited<ReturnType<typeof pay>>) => {
      expect(status).toBe(403);
      expect(headers['www-authenticate']).toMatch(/^Bearer error="insufficient_scope"/);
      expect(server.reached).toEqual([]);
    };

    it('let in whoever has one that is for this very call', async () => {
      const answer = await pay('7');
      expect(answer.status).toBe(201);
      const { payments } = JSON.parse(answer.body) as { payments: object[] };
      expect(payments).toHaveLength(2);
      expect(payments).toContainEqual(payment('7'));
    });

    it('are those of this resource alone', async () => {
      const { details } = JSON.parse((await call('/all')).body) as { details: object[] };
      expect(details).toHaveLength(2);
      expect(details).not.toContainEqual(ledger);
      expectForbidden(await call('/ledger'));
    });

    it('answer 403 for another amount, and where the predicate fails', async () => {
      expectForbidden(await pay('8'));
      expectForbidden(await call('/failing'));
    });

    it('answer 403 where a token of the same person has none, and 401 where there is no token', async () => {
      const party = new RelyingParty(provider, WEB);
      const plain = await party.signIn({ scope: 'openid payments:read', resource: PAYMENTS });
      expectForbidden(await pay('7', plain.access_token));
      expect((await call('/all', plain.access_token)).body).toBe('{"details":[]}');
      const refused = await server.send('/payments', { method: 'POST' });
      expect(refused.status).toBe(401);
    });
  });
});
