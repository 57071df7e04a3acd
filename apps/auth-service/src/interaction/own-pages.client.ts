/** What stands in the place of a client where a page of this server wants to know who is there. */
import { type Client } from '../client/client.js';

/** Nobody can register it: it has no redirect_uri, no grant type and no way to authenticate. */
export const OWN_PAGES: Client = {
  clientId: 'keyward:account',
  name: 'Your account',
  logoUri: null,
  applicationType: 'web',
  authenticationMethod: 'none',
  secretSha256: null,
  jwks: null,
  jwksUri: null,
  grantTypes: [],
  scopes: [],
  redirectUris: [],
  postLogoutRedirectUris: [],
  backchannelLogoutUri: null,
  corsOrigins: [],
  requirePushedRequests: false,
  firstParty: true,
  refreshProfile: 'confidential',
  requiredAcr: null,
  ownResource: null,
  dpopBoundAccessTokens: false,
  tlsBoundAccessTokens: false,
  tlsSubject: null,
  exchange: null,
  authorizationDetailsTypes: [],
  idTokenSigningAlgorithm: null,
  introspectionSigningAlgorithm: null,
  idTokenEncryption: null,
  disabledAt: null,
};
