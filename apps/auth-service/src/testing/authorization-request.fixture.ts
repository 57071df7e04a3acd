/** A checked authorization request for unit tests, of which each test says what matters to it. */
import { type AuthorizationRequest } from '../authorization/authorization-request.js';

/** A request of the client `shop` for an ID token, without any wish about how. */
export function authorizationRequestFixture(
  change: Partial<AuthorizationRequest> = {},
): AuthorizationRequest {
  return {
    clientId: 'shop',
    redirectUri: 'https://shop.example.com/callback',
    responseMode: 'query',
    scope: ['openid'],
    resources: [],
    authorizationDetails: [],
    state: null,
    nonce: null,
    codeChallenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    dpopJkt: null,
    prompt: [],
    maxAgeSeconds: null,
    loginHint: null,
    acrValues: [],
    hintedSubject: null,
    requestUri: null,
    ...change,
  };
}
