/** The bootstrap file of a provider in tests: clients for every way to authenticate, and persons. */
import { randomBytes } from 'node:crypto';
import { exportJWK, generateKeyPair } from 'jose';

/** A client that a provider knows. */
export interface ProviderClient {
  readonly id: string;
  readonly method: 'client_secret_basic' | 'client_secret_post' | 'private_key_jwt' | 'none';
  /** The same for every client that has one. */
  readonly secret: string;
  readonly redirectUri: string;
  readonly postLogoutRedirectUri: string;
}

/** The secret of every confidential client, new in every process. */
export const CLIENT_SECRET = `kws_${randomBytes(32).toString('base64url')}`;

/** With what `partner` authenticates, new in every process. */
export const PARTNER_KEY = await generateKeyPair('ES256');
export const PARTNER_KID = 'partner-1';

/** Two resources that tokens can be for. */
export const ORDERS = 'https://orders.example.com';
export const PAYMENTS = 'https://payments.example.com';

/** Where tests stand that no browser visits. */
export const ELSEWHERE = 'https://app.example.com';

function client(id: string, method: ProviderClient['method']): ProviderClient {
  return {
    id,
    method,
    secret: CLIENT_SECRET,
    redirectUri: `${ELSEWHERE}/${id}/callback`,
    postLogoutRedirectUri: `${ELSEWHERE}/${id}/signed-out`,
  };
}

/** Asks for consent, as all but `house` do. */
export const WEB = client('web', 'client_secret_basic');
export const POSTING = client('posting', 'client_secret_post');
export const PARTNER = client('partner', 'private_key_jwt');
export const PUBLIC = client('public', 'none');
export const HOUSE = client('house', 'client_secret_basic');

const SCOPE =
  'openid profile email phone address offline_access orders:read orders:write payments:read';

/** A client in the file, with everything that a client may do for a person. */
export function declare({
  id,
  method,
  redirectUri,
  postLogoutRedirectUri,
}: ProviderClient): object {
  return {
    client_id: id,
    name: `Client ${id}`,
    token_endpoint_auth_method: method,
    ...(method.startsWith('client_secret') && { client_secret: { env: 'CLIENT_SECRET' } }),
    grant_types: ['authorization_code', 'refresh_token'],
    scope: SCOPE,
    redirect_uris: [redirectUri],
    post_logout_redirect_uris: [postLogoutRedirectUri],
  };
}

/** What a file holds beside what every provider has. */
export interface ProviderDeclarations {
  readonly clients?: readonly object[];
  readonly resources?: readonly object[];
  readonly partners?: readonly object[];
  readonly upstreams?: readonly object[];
  readonly authorizationDetailsTypes?: readonly object[];
  /** The identifier of the resource that has orders. */
  readonly orders?: string;
}

/** The whole file. */
export async function providerDocument(
  people: readonly { readonly accountId: string; readonly username: string }[],
  {
    clients = [],
    resources = [],
    partners = [],
    upstreams = [],
    authorizationDetailsTypes = [],
    orders = ORDERS,
  }: ProviderDeclarations = {},
): Promise<object> {
  const jwk = { ...(await exportJWK(PARTNER_KEY.publicKey)), kid: PARTNER_KID };
  return {
    resources: [
      { identifier: orders, name: 'Orders', scopes: ['orders:read', 'orders:write'] },
      { identifier: PAYMENTS, name: 'Payments', scopes: ['payments:read'] },
      ...resources,
    ],
    clients: [
      declare(WEB),
      declare(POSTING),
      declare(PUBLIC),
      { ...declare(HOUSE), first_party: true },
      {
        ...declare(PARTNER),
        jwks: { keys: [jwk] },
        require_pushed_authorization_requests: true,
      },
      {
        client_id: 'orders',
        name: 'Orders, to introspect',
        token_endpoint_auth_method: 'client_secret_basic',
        client_secret: { env: 'CLIENT_SECRET' },
        grant_types: [],
        scope: '',
        own_resource: orders,
      },
      ...clients,
    ],
    accounts: people.map(account),
    partners,
    upstreams,
    authorization_details_types: authorizationDetailsTypes,
  };
}

/** Every claim that a scope of OpenID Connect stands for. */
function account({ accountId, username }: { accountId: string; username: string }): object {
  return {
    account_id: accountId,
    username,
    password: { env: `PASSWORD_OF_${username}` },
    name: `${username} Example`,
    given_name: username,
    family_name: 'Example',
    picture: `https://pictures.example.com/${username}.png`,
    locale: 'en-GB',
    zoneinfo: 'Europe/Berlin',
    email: `${username}@example.com`,
    email_verified: true,
    phone_number: '+491700000001',
    phone_number_verified: true,
    address: { formatted: 'Example Street 1, 12345 Berlin', locality: 'Berlin' },
  };
}
