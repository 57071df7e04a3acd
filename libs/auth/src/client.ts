/** @keyward/auth/client: a service's own tokens, tokens on behalf of its callers, and calls with them. */
export { CurrentCaller, correlationOf, type Caller, type Correlation } from './client/caller.js';
export {
  InjectServiceClient,
  SERVICE_TOKEN_OPTIONS,
  ServiceClientModule,
  serviceClientToken,
  type TargetFactory,
} from './client/service-client.module.js';
export { ServiceClient, type TargetFetch } from './client/service.client.js';
export { type TargetRequest } from './client/target.request.js';
export * from './client/service-client.errors.js';
export { type ServiceTokenOptions, type TargetOptions } from './client/service-token.options.js';
export {
  ServiceTokens,
  type HeldToken,
  type ServiceTokenCounts,
  type SubjectToken,
  type TokenTarget,
} from './client/service.tokens.js';
export { type IssuedToken } from './client/issued-token.js';
export { stepUpDemandOf } from './client/step-up-demand.js';
