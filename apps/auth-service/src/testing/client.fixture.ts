/** A registered client for unit tests, of which each test says what matters to it. */
import { type Client } from '../client/client.js';

/** A confidential client without any right. */
export function clientFixture(change: Partial<Client> = {}): Client {
  return {
    clientId: 'shop',
    name: 'Shop',
    logoUri: null,
    applicationType: 'web',
    authenticationMethod: 'client_secret_basic',
    secretSha256: Buffer.alloc(32),
    previousSecretSha256: null,
    previousSecretUntil: null,
    source: 'file',
    jwks: null,
    jwksUri: null,
    grantTypes: [],
    scopes: [],
    redirectUris: [],
    postLogoutRedirectUris: [],
    backchannelLogoutUri: null,
    corsOrigins: [],
    requirePushedRequests: false,
    firstParty: false,
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
    upstreams: [],
    passwordSignIn: true,
    disabledAt: null,
    ...change,
  };
}
