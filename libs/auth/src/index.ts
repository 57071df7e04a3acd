/** @keyward/auth: protects NestJS handlers with OAuth 2.1 access tokens. */
export { AuthModule } from './auth.module.js';
export { AUTH_OPTIONS, type AuthModuleExtras, type AuthModuleOptions } from './auth.options.js';
export { AuthObserver, LoggingAuthObserver, type RefusedRequest } from './auth.observer.js';
export * from './access/access.decorators.js';
export { type AuthorizationDetail } from '@keyward/oauth';
export { type DetailPredicate } from './access/details-requirement.js';
export {
  AccessPolicies,
  ContradictoryAccessError,
  type AccessPolicy,
  type Handler,
} from './access/access-policy.js';
export { IntrospectionMissingError, UndeclaredScopeError } from './access/declaration-audit.js';
export {
  defineScopes,
  type DeclaredScopes,
  type Scope,
  type ScopeDeclarations,
} from './access/declared-scopes.js';
export { AccessTokenGuard } from './access/access-token.guard.js';
export { ApplicationGuard } from './access/application.guard.js';
export { describeAccess, formatAccess, type DescribedAccess } from './access/describe-access.js';
export { type HandlerTransport } from './access/handler-metadata.js';
export { UndecoratedHandlerError, UnguardedHandlerError } from './access/route-audit.js';
export { ScopesGuard } from './access/scopes.guard.js';
export { type StepUpOptions, type StepUpRequirement } from './access/step-up.js';
export { StepUpChallenge } from './access/step-up.challenge.js';
export { type BoundTokens } from './access-token/bound-tokens.js';
export { AccessTokenVerifier, type VerifierOptions } from './access-token/access-token.verifier.js';
export { JwtStrategy } from './access-token/jwt.strategy.js';
export {
  IntrospectionUnavailableError,
  KeysUnavailableError,
  RefusedTokenError,
  RevocationsUnavailableError,
  type Refusal,
  type RefusalReason,
  type RefusalStage,
} from './access-token/refusal.js';
export { TokenLifetimes, type TokenEnd } from './access-token/token-lifetimes.js';
export { type CacheStatistics } from './access-token/verified-token.cache.js';
export {
  extractAccessToken,
  extractBearerToken,
  extractDpopToken,
  type HttpRequest,
  MalformedRequestError,
  type PresentedToken,
  type TokenScheme,
} from './bearer/bearer-token.js';
export * from './bearer/bearer.errors.js';
export { BearerExceptionFilter } from './bearer/bearer-exception.filter.js';
export { type RefusalMessage } from './call/refusal-message.js';
export {
  GraphqlSubscriptions,
  type SubscriptionProtection,
} from './graphql/graphql-subscriptions.js';
export { IntrospectionClient } from './introspection/introspection.client.js';
export {
  type ClientKey,
  type ClientSecret,
  type IntrospectionCredentials,
  type IntrospectionOptions,
} from './introspection/introspection.options.js';
export { AccessTokenCookies, type CookieLifetime } from './cookie/access-token.cookies.js';
export {
  type AccessTokenCookieOptions,
  type CsrfOptions,
  type CsrfTokenOptions,
} from './cookie/cookie.options.js';
export { CertificateHeaderError } from './client-certificate/certificate-header.js';
export { CertificateConfirmation } from './sender-constraint/certificate.confirmation.js';
export { type ClientCertificate } from './client-certificate/client-certificate.js';
export {
  ClientCertificateSource,
  type CertifiedRequest,
  type ClientCertificateOptions,
} from './client-certificate/client-certificate.source.js';
export { importJwkSet, type IgnoredKey, type ImportedJwkSet } from './jwks/jwk-set.js';
export { type DecryptionOptions } from './jwe/decryption.options.js';
export { type JwksOptions } from './jwks/jwks.options.js';
export {
  type DocumentFetch,
  DocumentUnavailableError,
  fetchJsonDocument,
  type FetchLimits,
  type JsonDocument,
} from './jwks/json-document.js';
export { KeySource, type KeySourceState } from './jwks/key-source.js';
export { parseCompactJws, type CompactJws } from './jws/compact-jws.js';
export { type VerificationKey } from './jws/verification-key.js';
export { parseStrictObject, type JsonObject } from './jws/strict-json.js';
export {
  protectedResourceMetadataUri,
  type ProtectedResourceOptions,
} from './metadata/protected-resource.options.js';
export { type OpenApiDocument } from './openapi/openapi-document.js';
export { UnmatchedOperationError, type OperationIdFactory } from './openapi/operation-policies.js';
export {
  describeSecurity,
  type SecurityDescriptionOptions,
  type TokenFlows,
} from './openapi/security-description.js';
export {
  AccessToken,
  CurrentAuthorizationDetails,
  CurrentPrincipal,
} from './principal/principal.decorators.js';
export { AuthCounters, type AuthCounts } from './observability/auth.counters.js';
export {
  AuthTracer,
  type AuthSpan,
  type TracedOutcome,
  type TracedStage,
} from './observability/auth.tracer.js';
export { formatPrometheus } from './observability/prometheus-text.js';
export { type Principal } from './principal/principal.js';
export { type ClaimMapping, type ClaimPath } from './trust/claim-mapping.js';
export * from './trust/presets.js';
export { createTrusts, type Trusts } from './trust/trusts.js';
export {
  type ConfiguredKeys,
  type ProvidedKeys,
  type RemoteKeys,
  type SharedSecret,
  type TokenKind,
  type TrustOptions,
  type TrustRules,
} from './trust/trust.options.js';
export {
  AccessTokenProvider,
  ClientCredentialsTokens,
  type ClientCredentialsOptions,
} from './revocation/access-token.provider.js';
export {
  RedisStreamSource,
  type RedisStreamClient,
  type RedisStreamSourceOptions,
} from './revocation/redis-stream.source.js';
export {
  RevocationFeed,
  type RevocationFeedOptions,
  type RevocationFeedState,
} from './revocation/revocation.feed.js';
export { type RevocationOptions, type StalePolicy } from './revocation/revocation.options.js';
export { RevocationSource, type FeedMessage } from './revocation/revocation.source.js';
export {
  SseRevocationSource,
  type SseRevocationSourceOptions,
} from './revocation/sse-revocation.source.js';
export { extractDpopProof } from './sender-constraint/dpop-header.js';
export {
  RefusedProofError,
  ReplaysUnavailableError,
  type ProofRefusalReason,
} from './sender-constraint/dpop-proof.refusal.js';
export {
  DPOP_ALGORITHMS,
  DpopProofVerifier,
  MAX_PROOF_AGE_SECONDS,
  MAX_PROOF_AHEAD_SECONDS,
  type BoundToken,
  type DpopProofVerifierOptions,
  type ProvenRequest,
} from './sender-constraint/dpop-proof.verifier.js';
export { DpopNonces, type DpopNonceOptions } from './sender-constraint/dpop.nonces.js';
export { type DpopOptions } from './sender-constraint/dpop.options.js';
export { answerToProof } from './sender-constraint/proof.answer.js';
export { SenderCheck, type ConfirmationMethod } from './sender-constraint/sender.check.js';
export {
  RedisProofReplayStore,
  type RedisReplayClient,
  type RedisProofReplayStoreOptions,
} from './sender-constraint/redis-proof-replay.store.js';
export { normalizeHttpUri } from './sender-constraint/http-uri.js';
export { MemoryProofReplayStore } from './sender-constraint/memory-proof-replay.store.js';
export { ProofReplayStore } from './sender-constraint/proof-replay.store.js';
export { Enforcement, type EnforcementMode } from './shadow/enforcement.js';
export { ReportingGuard } from './shadow/reporting.guard.js';
export {
  type ComparedMember,
  type ShadowAnswer,
  type ShadowComparison,
} from './shadow/shadow-comparison.js';
export { ShadowEvaluation } from './shadow/shadow.evaluation.js';
export { type ShadowOptions, type ShadowPolicy } from './shadow/shadow.options.js';
export { type ShadowQueueState } from './shadow/shadow.queue.js';
export { TokenStatus } from './revocation/token.status.js';
export { type TrustRevocationState } from './revocation/trust-revocation.js';
export {
  authorized,
  carryAccessTokens,
  type DispatchedPacket,
  type DispatchingClient,
} from './rpc/authorized-messages.js';
