/** Clients, resources and accounts that the tests of the whole application use. */
import { REVOCATIONS_READ_SCOPE } from '@keyward/oauth';
import { exportJWK, generateKeyPair } from 'jose';
import { type BootstrapSource } from '../bootstrap/bootstrap.schema.js';

/** Identifiers of the two resources. */
export const ORDERS = 'https://orders.example.com';
export const PAYMENTS = 'urn:example:payments';

/** The `sub` of the two accounts. */
export const ALICE = '3f0e8d2a-5b1c-4e6f-8a7d-9c2b1e0f4a6d';
export const BOB = '7c9a1b3e-2d4f-4a5b-9e8c-6f0d1a2b3c4d';

/** Where the clients that people use get their answers. */
export const WEB_REDIRECT_URI = 'https://web.example.com/callback';
export const SPA_ORIGIN = 'https://spa.example.com';

/** The key pair of the client `partner`, new in every process. */
export const PARTNER_KEY = await generateKeyPair('ES256');

/** `kid` of {@link PARTNER_KEY}. */
export const PARTNER_KID = 'partner-1';

const PARTNER_JWK = { ...(await exportJWK(PARTNER_KEY.publicKey)), kid: PARTNER_KID };

/** Environment variables with the secrets of the clients and the passwords of the accounts. */
export const SECRETS: Readonly<Record<string, string>> = {
  SECRET_OF_shop: 'a secret: with +, % and & in it',
  SECRET_OF_poster: 'poster-secret-poster-secret-poster',
  SECRET_OF_warehouse: 'warehouse-secret-warehouse-secret-w',
  SECRET_OF_prover: 'prover-secret-prover-secret-prover-s',
  SECRET_OF_orders: 'orders-secret-orders-secret-orders',
  SECRET_OF_payments: 'payments-secret-payments-secret-pay',
  SECRET_OF_web: 'web-secret-web-secret-web-secret-web',
  SECRET_OF_house: 'house-secret-house-secret-house-secr',
  PASSWORD_OF_alice: 'alice: correct horse battery staple',
  PASSWORD_OF_bob: 'bob: staple battery horse correct',
};

const ORDERS_SCOPE = 'orders:read orders:write';
const PERSON_SCOPE = 'openid profile email phone address offline_access';
const CODE_GRANTS = ['authorization_code' as const, 'refresh_token' as const];

/** Two resources, and clients of every kind on their own behalf and on that of alice and bob. */
export function bootstrapDocument(): BootstrapSource {
  return {
    resources: [
      { identifier: ORDERS, name: 'Orders', scopes: ['orders:read', 'orders:write', 'audit'] },
      { identifier: PAYMENTS, name: 'Payments', scopes: ['payments:read', 'audit'] },
    ],
    clients: [...machines(), ...relyingParties()],
    accounts: [
      account(ALICE, 'alice', 'Alice', 'Archer', '+491700000001'),
      account(BOB, 'bob', 'Bob', 'Baker', '+491700000002'),
    ],
  };
}

function secretOf(clientId: string) {
  return { env: `SECRET_OF_${clientId}` };
}

/** Much, less, one that posts its secret, one that proves a key, and two resource servers. */
function machines(): BootstrapSource['clients'] {
  const machine = (clientId: string, name: string, scope: string) => ({
    client_id: clientId,
    name,
    token_endpoint_auth_method: 'client_secret_basic' as const,
    grant_types: ['client_credentials' as const],
    scope,
    client_secret: secretOf(clientId),
  });
  const resourceServer = (clientId: string, identifier: string) => ({
    ...machine(clientId, clientId, REVOCATIONS_READ_SCOPE),
    own_resource: identifier,
  });
  return [
    machine('shop', 'Shop', 'orders:read payments:read'),
    machine('warehouse', 'Warehouse', ORDERS_SCOPE),
    {
      ...machine('poster', 'Poster', 'orders:read'),
      token_endpoint_auth_method: 'client_secret_post',
    },
    {
      ...machine('prover', 'Proves its key', 'orders:read payments:read'),
      dpop_bound_access_tokens: true,
    },
    resourceServer('orders', ORDERS),
    resourceServer('payments', PAYMENTS),
  ];
}

/** Clients that people use: one for each way to authenticate, and one of the house. */
function relyingParties(): BootstrapSource['clients'] {
  const scope = `${PERSON_SCOPE} ${ORDERS_SCOPE}`;
  return [
    {
      client_id: 'web',
      name: 'Web shop',
      token_endpoint_auth_method: 'client_secret_basic',
      client_secret: secretOf('web'),
      grant_types: CODE_GRANTS,
      scope,
      redirect_uris: [WEB_REDIRECT_URI, 'https://web.example.com/callback?tenant=1'],
      post_logout_redirect_uris: ['https://web.example.com/signed-out'],
    },
    {
      client_id: 'spa',
      name: 'Single-page shop',
      token_endpoint_auth_method: 'none',
      grant_types: CODE_GRANTS,
      scope,
      redirect_uris: [`${SPA_ORIGIN}/callback`, `${SPA_ORIGIN}/silent`],
      post_logout_redirect_uris: [`${SPA_ORIGIN}/signed-out`],
      allowed_cors_origins: [SPA_ORIGIN],
      refresh_profile: 'spa',
    },
    {
      client_id: 'native',
      name: 'Shop on the phone',
      application_type: 'native',
      token_endpoint_auth_method: 'none',
      grant_types: CODE_GRANTS,
      scope,
      redirect_uris: [
        'http://127.0.0.1/callback',
        'http://[::1]/callback',
        'com.example.app:/callback',
      ],
      post_logout_redirect_uris: ['com.example.app:/signed-out'],
    },
    {
      client_id: 'partner',
      name: 'Partner',
      token_endpoint_auth_method: 'private_key_jwt',
      jwks: { keys: [PARTNER_JWK] },
      grant_types: [...CODE_GRANTS, 'client_credentials'],
      scope,
      redirect_uris: ['https://partner.example.com/callback'],
      require_pushed_authorization_requests: true,
    },
    {
      client_id: 'house',
      name: 'Our own shop',
      token_endpoint_auth_method: 'client_secret_basic',
      client_secret: secretOf('house'),
      grant_types: CODE_GRANTS,
      scope,
      redirect_uris: ['https://house.example.com/callback'],
      post_logout_redirect_uris: ['https://house.example.com/signed-out'],
      first_party: true,
    },
  ];
}

function account(
  accountId: string,
  username: string,
  givenName: string,
  familyName: string,
  phoneNumber: string,
): NonNullable<BootstrapSource['accounts']>[number] {
  return {
    account_id: accountId,
    username,
    password: { env: `PASSWORD_OF_${username}` },
    name: `${givenName} ${familyName}`,
    given_name: givenName,
    family_name: familyName,
    picture: `https://pictures.example.com/${username}.png`,
    locale: 'en-GB',
    zoneinfo: 'Europe/Berlin',
    email: `${username}@example.com`,
    email_verified: true,
    phone_number: phoneNumber,
    phone_number_verified: true,
    address: {
      formatted: 'Example Street 1, 12345 Berlin, Germany',
      street_address: 'Example Street 1',
      locality: 'Berlin',
      postal_code: '12345',
      country: 'Germany',
    },
  };
}
