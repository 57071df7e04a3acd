/** Where each endpoint stands below the issuer: once, for the routes and for what metadata says. */
import { AUTHORIZATION_SERVER_WELL_KNOWN, OPENID_CONFIGURATION_WELL_KNOWN } from '@keyward/oauth';

export const ENDPOINT_PATHS = {
  authorization: '/oauth2/authorize',
  pushedAuthorization: '/oauth2/par',
  deviceAuthorization: '/oauth2/device_authorization',
  token: '/oauth2/token',
  introspection: '/oauth2/introspect',
  revocation: '/oauth2/revoke',
  registration: '/oauth2/register',
  userinfo: '/oauth2/userinfo',
  endSession: '/oauth2/logout',
  jwks: '/.well-known/jwks.json',
  metadata: `/.well-known/${AUTHORIZATION_SERVER_WELL_KNOWN}`,
  openidConfiguration: `/.well-known/${OPENID_CONFIGURATION_WELL_KNOWN}`,
} as const;
