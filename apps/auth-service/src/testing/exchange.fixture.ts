/** Resource servers that call each other on behalf of people, and a partner, for a test application. */
import { createHash } from 'node:crypto';
import { JWT_BEARER_GRANT, TOKEN_EXCHANGE_GRANT } from '@keyward/oauth';
import { exportJWK, generateKeyPair } from 'jose';
import {
  BootstrapStore,
  type DeclaredClient,
  type DeclaredPartner,
} from '../bootstrap/bootstrap.store.js';
import { type Client } from '../client/client.js';
import { ORDERS, PAYMENTS } from './bootstrap.fixture.js';
import { clientFixture } from './client.fixture.js';
import { resourceFixture } from './resource.fixture.js';
import { basic, type TestApplication } from './test-application.js';

/** The resource that people's applications call; it has nothing but passes on. */
export const GATEWAY = 'urn:example:gateway';

/** A resource that nobody may exchange anything for. */
export const VAULT = 'urn:example:vault';

export const PARTNER_ISSUER = 'https://sts.acme.example';
export const PARTNER_ISSUER_KEY = await generateKeyPair('ES256');
export const PARTNER_ISSUER_KID = 'acme-1';

const SECRET = 'exchange-secret-exchange-secret-exch';

/** The Authorization header of a client of this fixture. */
export const asClient = (clientId: string): { authorization: string } => basic(clientId, SECRET);

const RESOURCES = [
  resourceFixture({
    identifier: GATEWAY,
    name: 'Gateway',
    scopes: ['orders:read', 'orders:write', 'payments:read'],
  }),
  resourceFixture({ identifier: VAULT, name: 'Vault', scopes: ['orders:read'] }),
];

function client(clientId: string, change: Partial<Client>): DeclaredClient {
  const { disabledAt: _, ...declared } = clientFixture({
    clientId,
    name: clientId,
    secretSha256: createHash('sha256').update(SECRET).digest(),
    scopes: ['orders:read', 'payments:read'],
    ...change,
  });
  return declared;
}

/** A policy for exchange at a resource of its own. */
function exchanging(ownResource: string, resources: readonly string[], impersonation = false) {
  const grantTypes = ['client_credentials', TOKEN_EXCHANGE_GRANT];
  return { ownResource, grantTypes, exchange: { resources, impersonation } };
}

export const PARTNER: DeclaredPartner = {
  issuer: PARTNER_ISSUER,
  partnerId: 'acme',
  jwks: { keys: [{ ...(await exportJWK(PARTNER_ISSUER_KEY.publicKey)), kid: PARTNER_ISSUER_KID }] },
  jwksUri: null,
  algorithms: ['ES256'],
  clients: ['presenter', 'public-presenter'],
  resources: [ORDERS],
  scopes: ['orders:read', 'audit'],
  maxAssertionSeconds: 300,
  disabled: false,
};

/** Adds all of it to a running application. */
export async function declareExchange({ app }: TestApplication): Promise<void> {
  const store = app.get(BootstrapStore, { strict: false });
  await store.apply(
    RESOURCES,
    [
      client('gateway', exchanging(GATEWAY, [ORDERS, PAYMENTS])),
      client('gateway-as-you', exchanging(GATEWAY, [ORDERS], true)),
      client('orders-onward', exchanging(ORDERS, [GATEWAY, PAYMENTS])),
      client('presenter', { grantTypes: [JWT_BEARER_GRANT] }),
      client('stranger', { grantTypes: [JWT_BEARER_GRANT] }),
    ],
    [PARTNER],
  );
}
