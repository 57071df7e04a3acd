/** @keyward/auth/testing: an issuer inside the tests, and the attacks as a ready suite. */
export { bearer } from './testing/bearer.js';
export {
  describeResourceServer,
  type ResourceServerSuite,
} from './testing/describe-resource-server.js';
export { HandlerCalls } from './testing/handler-calls.js';
export { ATTACKS, type Attack, type HostileTokens } from './testing/hostile-tokens.js';
export { type IssuedRevocation } from './testing/issued-revocations.js';
export { ATTACKER_KEYS_PATH } from './testing/issuer-endpoints.js';
export {
  type ResourceServerTarget,
  type TargetApplication,
} from './testing/resource-server.target.js';
export { type SigningKey } from './testing/signing-key.js';
export { TestClock } from './testing/test-clock.js';
export { TestIssuer, type TestIssuerOptions } from './testing/test-issuer.js';
export { type TestRunner } from './testing/test-runner.js';
export {
  encodeSegment,
  hmacWith,
  signSegments,
  signToken,
  signWith,
  type TokenClaims,
  type TokenParts,
  type TokenSegment,
  type TokenSigner,
} from './testing/token-forge.js';
