/** Resource servers that call each other for people, as a provider's bootstrap file declares them. */
import {
  JWT_BEARER_GRANT,
  REVOCATIONS_READ_SCOPE,
  TOKEN_EXCHANGE_GRANT,
  type TokenResponse,
} from '@keyward/oauth';
import { exportJWK, generateKeyPair } from 'jose';
import { type OpenIdProvider, type OpenIdProviderOptions } from './openid-provider.js';
import { CLIENT_SECRET, ORDERS, PAYMENTS, type ProviderClient } from './openid-provider.clients.js';

/** The resource that people's applications call; it passes on to orders. */
export const GATEWAY = 'https://gateway.example.com';

/** Whose assertions `presenter` may present, and its key: new in every process. */
export const PARTNER_ISSUER = 'https://sts.acme.example';
export const PARTNER_ISSUER_KEY = await generateKeyPair('RS256');
export const PARTNER_ISSUER_KID = 'acme-1';

/** A client that authenticates by the secret of all. */
export const machine = (id: string): ProviderClient => ({
  id,
  method: 'client_secret_basic',
  secret: CLIENT_SECRET,
  redirectUri: '',
  postLogoutRedirectUri: '',
});

/**
 * `gateway` may exchange what is for GATEWAY for orders, `orders-onward` the other way round, `stranger`
 * has a resource that nobody calls, and `orders-service` follows the feed.
 */
export async function exchangeLandscape(
  orders = ORDERS,
): Promise<Pick<OpenIdProviderOptions, 'clients' | 'resources' | 'partners' | 'orders'>> {
  const client = (id: string, more: object) => ({
    client_id: id,
    name: id,
    token_endpoint_auth_method: 'client_secret_basic',
    client_secret: { env: 'CLIENT_SECRET' },
    grant_types: ['client_credentials', TOKEN_EXCHANGE_GRANT],
    scope: 'orders:read payments:read',
    ...more,
  });
  const exchanging = (own_resource: string, ...resources: string[]) => ({
    own_resource,
    token_exchange: { resources },
  });
  const jwk = { ...(await exportJWK(PARTNER_ISSUER_KEY.publicKey)), kid: PARTNER_ISSUER_KID };
  return {
    orders,
    resources: [{ identifier: GATEWAY, name: 'Gateway', scopes: ['orders:read', 'orders:write'] }],
    clients: [
      client('gateway', exchanging(GATEWAY, orders)),
      client('orders-onward', exchanging(orders, GATEWAY)),
      client('stranger', exchanging(PAYMENTS, orders)),
      client('presenter', { grant_types: [JWT_BEARER_GRANT] }),
      client('orders-service', {
        grant_types: ['client_credentials'],
        scope: REVOCATIONS_READ_SCOPE,
        own_resource: orders,
      }),
    ],
    partners: [
      {
        partner_id: 'acme',
        issuer: PARTNER_ISSUER,
        jwks: { keys: [jwk] },
        algorithms: ['RS256'],
        clients: ['presenter'],
        resources: [orders],
        scope: 'orders:read orders:write',
      },
    ],
  };
}

/** What the token endpoint said: the answer of a success, else status and error. */
export interface TokenOutcome extends Partial<TokenResponse> {
  readonly refusal: string | null;
}

/** Asks for a token; `at` is the origin of a replica. */
export async function askForToken(
  provider: OpenIdProvider,
  client: ProviderClient,
  form: Record<string, string>,
  at = provider.issuer,
): Promise<TokenOutcome> {
  const response = await provider.post(`${at}/oauth2/token`, client, form);
  const body = (await response.json()) as TokenResponse & { error?: string };
  const { error } = body;
  return { ...body, refusal: error === undefined ? null : `${response.status} ${error}` };
}
