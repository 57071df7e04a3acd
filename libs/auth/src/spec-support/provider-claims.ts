/** The claims of an access token of each provider, as its documentation shows them. */
import { NOW } from './access-token.fixture.js';

export const API = 'https://orders.example';
const TIMES = { iat: NOW, exp: NOW + 3600 };
export const AUTH0_CLAIMS = {
  iss: 'https://tenant.eu.auth0.com/',
  sub: 'auth0|123456',
  aud: [API, 'https://tenant.eu.auth0.com/userinfo'],
  azp: 'shop',
  scope: 'openid profile read:orders',
  ...TIMES,
};
export const AUTH0_ID = {
  iss: AUTH0_CLAIMS.iss,
  sub: AUTH0_CLAIMS.sub,
  aud: 'shop',
  name: 'Alice',
  sid: 'session',
  ...TIMES,
};

export const TENANT = '00000000-1111-2222-3333-444444444444';
export const ENTRA_CLAIMS = {
  aud: API,
  iss: `https://login.microsoftonline.com/${TENANT}/v2.0`,
  nbf: NOW,
  aio: 'opaque',
  azp: 'shop',
  azpacr: '0',
  oid: 'object-id',
  preferred_username: 'alice@example.com',
  rh: 'opaque',
  scp: 'orders.read orders.write',
  sub: 'pairwise-subject',
  tid: TENANT,
  uti: 'token-id',
  ver: '2.0',
  ...TIMES,
};

export const REALM = 'https://sso.example/realms/shop';
export const KEYCLOAK_CLAIMS = {
  iss: REALM,
  jti: 'onrtac:0fa7',
  aud: [API, 'account'],
  sub: 'f3b1',
  typ: 'Bearer',
  azp: 'shop',
  sid: 'session',
  acr: '1',
  'allowed-origins': ['https://shop.example'],
  realm_access: { roles: ['offline_access', 'user'] },
  resource_access: { orders: { roles: ['clerk'] }, account: { roles: ['manage-account'] } },
  scope: 'openid email orders',
  ...TIMES,
};

export const OKTA_CLAIMS = {
  ver: 1,
  jti: 'AT.0mP4JKAZX1iACIT4vbEDF7LpvDVjxypPMf0D7uX39RE',
  iss: 'https://org.okta.com/oauth2/default',
  aud: API,
  cid: 'shop',
  uid: '00u1',
  scp: ['openid', 'orders:read'],
  groups: ['clerks'],
  auth_time: NOW,
  sub: 'alice@example.com',
  ...TIMES,
};

const POOL = 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Example';
export const COGNITO_CLAIMS = {
  sub: 'aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee',
  'cognito:groups': ['clerks'],
  iss: POOL,
  version: 2,
  client_id: 'shop',
  origin_jti: 'origin',
  event_id: 'event',
  token_use: 'access',
  scope: 'openid orders/read',
  auth_time: NOW,
  jti: 'token',
  username: 'alice',
  ...TIMES,
};
