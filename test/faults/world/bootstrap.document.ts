/** What the authorization server of the faults declares. */

/** The resource that the tokens are for. */
export const RESOURCE = 'https://orders.example.com';
export const SCOPE = 'orders:read';

/** Clients of the refresh tokens: one with a secret, one of an installed application. */
export const REFRESHING_CLIENTS = ['web', 'native'] as const;

/** Signs people in. */
export const SIGN_IN_CLIENT = 'house';
export const REDIRECT_URI = 'https://house.example.com/callback';

/** Calls the resource server, introspects and revokes; the resource server itself, too. */
export const SERVICE_CLIENT = 'service';

/** Administers the server. */
export const ADMIN_CLIENT = 'operator';

export const ACCOUNT_ID = '3f0e8d2a-5b1c-4e6f-8a7d-9c2b1e0f4a6d';
export const USERNAME = 'alice';

/** @param issuer of the server, which is a resource to its administrators */
export function bootstrapDocument(issuer: string): object {
  const confidential = (client_id: string) => ({
    client_id,
    name: `Client ${client_id}`,
    token_endpoint_auth_method: 'client_secret_basic',
    client_secret: { env: 'FAULTS_SECRET' },
  });
  const lasting = {
    grant_types: ['authorization_code', 'refresh_token'],
    scope: `${SCOPE} offline_access`,
  };
  return {
    resources: [
      { identifier: RESOURCE, name: 'Orders', scopes: [SCOPE] },
      { identifier: `${issuer}/admin`, name: 'Administration', scopes: ['admin:clients'] },
    ],
    clients: [
      { ...confidential('web'), ...lasting, redirect_uris: ['https://web.example.com/callback'] },
      {
        ...lasting,
        client_id: 'native',
        name: 'Installed application',
        application_type: 'native',
        token_endpoint_auth_method: 'none',
        refresh_profile: 'native',
        redirect_uris: ['http://127.0.0.1/callback'],
      },
      {
        ...confidential(SIGN_IN_CLIENT),
        grant_types: ['authorization_code'],
        scope: `openid ${SCOPE}`,
        redirect_uris: [REDIRECT_URI],
        first_party: true,
      },
      {
        ...confidential(SERVICE_CLIENT),
        grant_types: ['client_credentials'],
        scope: `${SCOPE} revocations:read`,
        own_resource: RESOURCE,
      },
      {
        ...confidential(ADMIN_CLIENT),
        grant_types: ['client_credentials'],
        scope: 'admin:clients',
      },
    ],
    accounts: [
      { account_id: ACCOUNT_ID, username: USERNAME, password: { env: 'FAULTS_PASSWORD' } },
    ],
  };
}
