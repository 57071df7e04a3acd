/** Clients and resources that the tests of the whole application use. */
import { type BootstrapDocument } from '../bootstrap/bootstrap.schema.js';

/** Identifiers of the two resources. */
export const ORDERS = 'https://orders.example.com';
export const PAYMENTS = 'urn:example:payments';

/** Environment variables with the secrets of the clients. */
export const SECRETS: Readonly<Record<string, string>> = {
  SECRET_OF_shop: 'a secret: with +, % and & in it',
  SECRET_OF_poster: 'poster-secret-poster-secret-poster',
  SECRET_OF_warehouse: 'warehouse-secret-warehouse-secret-w',
  SECRET_OF_orders: 'orders-secret-orders-secret-orders',
  SECRET_OF_payments: 'payments-secret-payments-secret-pay',
};

/** A client that may do much, one that may do less, one that posts its secret, and two resource servers. */
export function bootstrapDocument(): BootstrapDocument {
  const secretOf = (clientId: string) => ({ env: `SECRET_OF_${clientId}` });
  const resourceServer = (clientId: string, identifier: string) => ({
    client_id: clientId,
    name: clientId,
    token_endpoint_auth_method: 'client_secret_basic' as const,
    grant_types: [],
    scope: '',
    own_resource: identifier,
    client_secret: secretOf(clientId),
  });
  return {
    resources: [
      { identifier: ORDERS, name: 'Orders', scopes: ['orders:read', 'orders:write', 'audit'] },
      { identifier: PAYMENTS, name: 'Payments', scopes: ['payments:read', 'audit'] },
    ],
    clients: [
      {
        client_id: 'shop',
        name: 'Shop',
        token_endpoint_auth_method: 'client_secret_basic',
        grant_types: ['client_credentials'],
        scope: 'orders:read payments:read',
        client_secret: secretOf('shop'),
      },
      {
        client_id: 'warehouse',
        name: 'Warehouse',
        token_endpoint_auth_method: 'client_secret_basic',
        grant_types: ['client_credentials'],
        scope: 'orders:read orders:write',
        client_secret: secretOf('warehouse'),
      },
      {
        client_id: 'poster',
        name: 'Poster',
        token_endpoint_auth_method: 'client_secret_post',
        grant_types: ['client_credentials'],
        scope: 'orders:read',
        client_secret: secretOf('poster'),
      },
      resourceServer('orders', ORDERS),
      resourceServer('payments', PAYMENTS),
    ],
  };
}
