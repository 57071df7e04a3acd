/** auth-service, orders-service and payments-service as processes, and a shop that people sign in to. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { TOKEN_EXCHANGE_GRANT } from '@keyward/oauth';
import { type AppProcess } from './app-process.js';
import { codeOfApp } from './authenticator-app.js';
import { freeLoopbackPort } from './free-loopback-port.js';
import { OpenIdProvider, type OpenIdProviderOptions, type Person } from './openid-provider.js';
import { CLIENT_SECRET, type ProviderClient } from './openid-provider.clients.js';
import { startOrdersService } from './orders-service.js';
import { startPaymentsService } from './payments-service.js';
import { RelyingParty, type Tokens } from './relying-party.js';

export const MFA_ACR = 'urn:keyward:acr:mfa';
const CALLBACK = 'https://shop.example.com/callback';
const SCOPE = 'openid offline_access orders:read orders:write payments:write';

const SHOP: ProviderClient = {
  id: 'shop',
  method: 'client_secret_basic',
  secret: CLIENT_SECRET,
  redirectUri: CALLBACK,
  postLogoutRedirectUri: '',
};

/** An order of so much, in cents. */
export const orderOf = (cents: number): object => ({
  currency: 'EUR',
  items: [{ sku: 'KEY-1', quantity: 1, unit_price_minor: cents }],
});

/** What the processes besides payments-service are told. */
export interface LandscapeOptions {
  readonly orders?: Readonly<Record<string, string>>;
  readonly provider?: OpenIdProviderOptions;
}

export class PaymentLandscape {
  private constructor(
    readonly provider: OpenIdProvider,
    readonly orders: AppProcess,
    private paymentsProcess: AppProcess,
    private readonly paymentsEnvironment: Readonly<Record<string, string>>,
  ) {}

  /**
   * @param env what payments-service is told besides
   * @param others what orders-service and the authorization server are, and what its file holds besides
   */
  static async start(
    env: Readonly<Record<string, string>> = {},
    others: LandscapeOptions = {},
  ): Promise<PaymentLandscape> {
    const ports = [await freeLoopbackPort(), await freeLoopbackPort()];
    const [ordersUrl = '', paymentsUrl = ''] = ports.map((port) => `http://127.0.0.1:${port}`);
    const [ordersPort = '', paymentsPort = ''] = ports.map(String);
    const provider = await OpenIdProvider.start({
      ...others.provider,
      clients: [
        ...bootstrapOf(ordersUrl, paymentsUrl).clients,
        ...(others.provider?.clients ?? []),
      ],
      resources: [
        ...bootstrapOf(ordersUrl, paymentsUrl).resources,
        ...(others.provider?.resources ?? []),
      ],
    });
    const paymentsEnvironment = {
      PAYMENTS_PORT: paymentsPort,
      PAYMENTS_ISSUER: provider.issuer,
      PAYMENTS_CLIENT_SECRET: CLIENT_SECRET,
      PAYMENTS_FILE: join(provider.directory, 'payments.jsonl'),
      ...env,
    };
    const payments = await startPaymentsService(paymentsEnvironment);
    const orders = await startOrdersService({
      ORDERS_PORT: ordersPort,
      ORDERS_ISSUER: provider.issuer,
      ORDERS_CLIENT_SECRET: CLIENT_SECRET,
      ORDERS_FILE: join(provider.directory, 'orders.json'),
      ORDERS_PAYMENTS_URL: paymentsUrl,
      ORDERS_RECONCILE_SECONDS: '1',
      ...others.orders,
    });
    const landscape = new PaymentLandscape(provider, orders, payments, paymentsEnvironment);
    for (const { url } of [orders, payments]) {
      while (!(await (await fetch(`${url}/health`)).text()).includes('ready')) await sleep(20);
    }
    return landscape;
  }

  get payments(): AppProcess {
    return this.paymentsProcess;
  }

  /** Starts payments-service again, on the same journal. */
  async restartPayments(): Promise<void> {
    this.paymentsProcess = await startPaymentsService(this.paymentsEnvironment);
  }

  /** Everything that the processes wrote. */
  get output(): string {
    return this.provider.output + this.orders.output + this.payments.output;
  }

  /** A shop with a browser of its own. */
  shop(): RelyingParty {
    return new RelyingParty(this.provider, SHOP);
  }

  /** Alice, or who is named, signs in by password at the shop, which calls orders for them. */
  signIn(shop: RelyingParty, scope = SCOPE, who?: Person): Promise<Tokens> {
    return shop.signIn({ scope, resource: this.orders.url }, who);
  }

  /** Who is signed in is sent back for a second factor, and sets one up as they have none. */
  async stepUp(shop: RelyingParty, asked: Readonly<Record<string, string>>): Promise<Tokens> {
    const { scope = '', ...rest } = asked;
    const page = await shop.open({
      scope: `${SCOPE} ${scope}`.trim(),
      resource: this.orders.url,
      ...rest,
    });
    const secret = /<code class="secret">([^<]+)</.exec(page.html)?.[1];
    if (secret === undefined) throw new Error(`no second factor is asked for:\n${page.html}`);
    const kept = await shop.browser.submit(page, { code: codeOfApp(secret) });
    const onward = /class="primary" href="([^"]+)"/.exec(kept.html)?.[1] ?? '';
    const next = await shop.browser.open(new URL(onward, this.provider.issuer));
    const response = await shop.redeem(shop.responseOf(next).get('code'));
    if (response.status !== 200) throw new Error(await response.text());
    return (await response.json()) as Tokens;
  }

  async stop(): Promise<void> {
    await this.orders.stop();
    await this.payments.stop();
    await this.provider.stop();
  }
}

function bootstrapOf(orders: string, payments: string) {
  const confidential = {
    token_endpoint_auth_method: 'client_secret_basic',
    client_secret: { env: 'CLIENT_SECRET' },
  };
  return {
    resources: [
      {
        identifier: orders,
        name: 'Orders',
        scopes: ['orders:read', 'orders:write', 'payments:write'],
      },
      { identifier: payments, name: 'Payments', scopes: ['payments:read', 'payments:write'] },
    ],
    clients: [
      {
        ...confidential,
        client_id: SHOP.id,
        name: 'Shop',
        grant_types: ['authorization_code', 'refresh_token'],
        scope: SCOPE,
        redirect_uris: [CALLBACK],
        first_party: true,
      },
      {
        ...confidential,
        client_id: 'orders-service',
        name: 'orders-service',
        grant_types: ['client_credentials', TOKEN_EXCHANGE_GRANT],
        scope: 'revocations:read payments:read payments:write',
        own_resource: orders,
        token_exchange: { resources: [payments] },
      },
      {
        ...confidential,
        client_id: 'payments-service',
        name: 'payments-service',
        grant_types: ['client_credentials'],
        scope: 'revocations:read',
        own_resource: payments,
      },
    ],
  };
}
