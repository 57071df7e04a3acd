/** The storefront as two processes behind one address, and everything that it needs, for a person in a browser. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { type RedisAccess } from '@keyward/auth-service/testing';
import { TOKEN_EXCHANGE_GRANT } from '@keyward/oauth';
import { type AppProcess } from './app-process.js';
import { freeLoopbackPort } from './free-loopback-port.js';
import { OpenIdProvider } from './openid-provider.js';
import { CLIENT_SECRET, type ProviderClient } from './openid-provider.clients.js';
import { startOrdersService } from './orders-service.js';
import { startPaymentsService } from './payments-service.js';
import { RefreshThief } from './refresh-thief.js';
import { RoundRobin } from './round-robin.js';
import { startStorefront } from './storefront.js';

const SCOPE = 'openid profile orders:read orders:write payments:write';

/** What a stack may be started with. */
export interface StorefrontStackOptions {
  /** Where the two processes keep their sessions. */
  readonly redis: RedisAccess;
  /** How long access tokens live. Default: the server's own. */
  readonly accessTokenSeconds?: number;
}

export class StorefrontStack {
  private constructor(
    /** Where browsers find the shop: another site than the issuer, as it is in production. */
    readonly url: string,
    readonly provider: OpenIdProvider,
    readonly thief: RefreshThief,
    private readonly processes: readonly AppProcess[],
    private readonly balancer: RoundRobin,
  ) {}

  static async start({
    redis,
    accessTokenSeconds,
  }: StorefrontStackOptions): Promise<StorefrontStack> {
    const ports = await Promise.all(Array.from({ length: 5 }, () => freeLoopbackPort()));
    const [front = 0, one = 0, two = 0, orders = 0, payments = 0] = ports;
    const url = `http://localhost:${front}`;
    const ordersUrl = `http://127.0.0.1:${orders}`;
    const paymentsUrl = `http://127.0.0.1:${payments}`;
    const provider = await OpenIdProvider.start({
      ...registrations(url, ordersUrl, paymentsUrl),
      environment: accessTokenSeconds
        ? { AUTH_ACCESS_TOKEN_SECONDS: String(accessTokenSeconds) }
        : {},
    });
    const thief = await RefreshThief.to(provider.issuer);
    const services = [
      await startPaymentsService({
        PAYMENTS_PORT: String(payments),
        PAYMENTS_ISSUER: provider.issuer,
        PAYMENTS_CLIENT_SECRET: CLIENT_SECRET,
        PAYMENTS_FILE: join(provider.directory, 'payments.jsonl'),
      }),
      await startOrdersService({
        ORDERS_PORT: String(orders),
        ORDERS_ISSUER: provider.issuer,
        ORDERS_CLIENT_SECRET: CLIENT_SECRET,
        ORDERS_FILE: join(provider.directory, 'orders.json'),
        ORDERS_PAYMENTS_URL: paymentsUrl,
        ORDERS_CORS_ORIGINS: url,
      }),
    ];
    const environment = {
      STOREFRONT_URL: url,
      STOREFRONT_ISSUER: provider.issuer,
      STOREFRONT_ISSUER_ORIGIN: thief.url,
      STOREFRONT_CLIENT_SECRET: CLIENT_SECRET,
      STOREFRONT_SCOPE: SCOPE,
      STOREFRONT_ORDERS_URL: ordersUrl,
      STOREFRONT_ORDERS_AUDIENCE: ordersUrl,
      STOREFRONT_REDIS_URL: redis.url,
      STOREFRONT_REDIS_KEY_PREFIX: `${redis.keyPrefix}${randomBytes(4).toString('hex')}:`,
      STOREFRONT_SEALING_KEYS: `1:${randomBytes(32).toString('base64url')}`,
    };
    const shops = [
      await startStorefront(String(one), environment),
      await startStorefront(String(two), environment),
    ];
    const balancer = await RoundRobin.start(front, [one, two]);
    return new StorefrontStack(url, provider, thief, [...shops, ...services], balancer);
  }

  /** Ends the grant of the session that was renewed last, at the issuer alone. */
  async endGrant(): Promise<void> {
    const client: ProviderClient = {
      id: 'storefront',
      method: 'client_secret_basic',
      secret: CLIENT_SECRET,
      redirectUri: '',
      postLogoutRedirectUri: '',
    };
    const token = this.thief.lastRefreshToken;
    const { status } = await this.provider.post('/oauth2/revoke', client, { token });
    if (status !== 200) throw new Error(`revocation answered ${status}`);
  }

  /** Everything that the processes wrote. */
  get output(): string {
    return this.processes.map(({ output }) => output).join('') + this.provider.output;
  }

  async stop(): Promise<void> {
    for (const process of this.processes) await process.stop();
    await this.balancer.stop();
    await this.thief.close();
    await this.provider.stop();
  }
}

function registrations(shop: string, orders: string, payments: string) {
  const confidential = {
    token_endpoint_auth_method: 'client_secret_basic',
    client_secret: { env: 'CLIENT_SECRET' },
  };
  const code = { grant_types: ['authorization_code', 'refresh_token'], first_party: true };
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
        ...code,
        client_id: 'storefront',
        name: 'Harbour Hardware',
        scope: SCOPE,
        redirect_uris: [`${shop}/bff/callback`],
        post_logout_redirect_uris: [`${shop}/signed-out`],
        backchannel_logout_uri: `${shop}/bff/backchannel-logout`,
      },
      {
        ...code,
        client_id: 'storefront-spa',
        name: 'Harbour Hardware in the browser',
        token_endpoint_auth_method: 'none',
        refresh_profile: 'spa',
        scope: 'openid profile orders:read',
        redirect_uris: [`${shop}/spa.html`],
        post_logout_redirect_uris: [`${shop}/spa.html`],
        allowed_cors_origins: [shop],
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
