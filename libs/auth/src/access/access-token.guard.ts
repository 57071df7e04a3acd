/** Lets a request through to a protected handler only with a valid access token. */
import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { TokenLifetimes } from '../access-token/token-lifetimes.js';
import { AuthObserver } from '../auth.observer.js';
import { BearerError, HandlerClosedError } from '../bearer/bearer.errors.js';
import { type CallRequest } from '../call/call-request.js';
import { refusalFor } from '../call/refusal-for.js';
import { requestOf } from '../call/request-of.js';
import { type Principal } from '../principal/principal.js';
import { refusedBy } from '../shadow/shadow-comparison.js';
import { ShadowEvaluation } from '../shadow/shadow.evaluation.js';
import { nonceFor } from '../sender-constraint/dpop.confirmation.js';
import { endWithToken } from '../sse/end-with-token.js';
import { refusalBehind } from './refusal-behind.js';
import { AccessPolicies, type AccessPolicy } from './access-policy.js';
import { RequestAuthenticator } from './request-authenticator.js';

/**
 * The first of the two guards: authentication. AuthModule binds both to the whole application unless
 * `global: false`; then name them in this order: `@UseGuards(AccessTokenGuard, ScopesGuard)`.
 *
 * A kind of context that it does not know how to read a token from is refused, never let through.
 */
@Injectable()
export class AccessTokenGuard implements CanActivate {
  constructor(
    private readonly policies: AccessPolicies,
    private readonly authenticator: RequestAuthenticator,
    private readonly observer: AuthObserver,
    private readonly adapterHost: HttpAdapterHost,
    private readonly shadow: ShadowEvaluation,
    private readonly lifetimes: TokenLifetimes,
  ) {}

  /** @throws BearerError where the request may not pass */
  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const policy = this.policies.of(context.getClass(), context.getHandler());
    if (policy.public) return true;
    const authenticated = this.authenticate(context, policy);
    return authenticated instanceof Promise ? authenticated.then(() => true) : true;
  }

  /**
   * The principal of the context's request, in whatever way the handler's policy wants it verified.
   * @throws BearerError (or rejects with it) where there is none
   */
  authenticate(context: ExecutionContext, policy: AccessPolicy): Principal | Promise<Principal> {
    const request =
      context.getType() === 'http' ? context.getArgByIndex<CallRequest>(0) : requestOf(context);
    if (request === undefined) throw this.#unknownContext(context);
    const handler = (): string => describeHandler(context);
    try {
      const authenticated = this.authenticator.authenticate(
        request,
        handler,
        policy.introspectionMaxAgeSeconds,
      );
      if (!(authenticated instanceof Promise)) {
        if (policy.isStream) this.#endWithToken(context, request, authenticated);
        return authenticated;
      }
      return authenticated.then(
        (principal) => {
          if (policy.isStream) this.#endWithToken(context, request, principal);
          this.#offerNonce(request, context);
          return principal;
        },
        (error: unknown) => {
          throw this.#shown(error, context, policy, request);
        },
      );
    } catch (error) {
      throw this.#shown(error, context, policy, request);
    }
  }

  /**
   * The challenge is put onto the response here already, so that it survives an exception filter
   * that knows nothing of it.
   */
  #shown(
    error: unknown,
    context: ExecutionContext,
    policy: AccessPolicy,
    request: CallRequest,
  ): unknown {
    if (!(error instanceof BearerError)) return error;
    if (this.shadow.enabled) this.#compare(error, context, policy, request);
    if (context.getType() !== 'http') return refusalFor(error, context);
    writeHeaders(error, context, this.adapterHost);
    return error;
  }

  #endWithToken(context: ExecutionContext, request: CallRequest, principal: Principal): void {
    if (context.getType() !== 'http') return;
    endWithToken(this.lifetimes, request, context.getArgByIndex(1), principal);
  }

  #compare(
    error: BearerError,
    context: ExecutionContext,
    policy: AccessPolicy,
    request: CallRequest,
  ): void {
    const refusal = refusalBehind(error);
    if (refusal === undefined) return;
    const handler = describeHandler(context);
    this.shadow.compare({ context, request, handler, policy }, refusedBy(refusal));
  }

  /** @see RFC 9449 section 9, which refers to section 8.2 */
  #offerNonce(request: CallRequest, context: ExecutionContext): void {
    if (context.getType() !== 'http') return;
    const nonce = nonceFor(request);
    if (nonce === undefined) return;
    const response = context.getArgByIndex<unknown>(1);
    this.adapterHost.httpAdapter.setHeader(response, 'DPoP-Nonce', nonce);
  }

  #unknownContext(context: ExecutionContext): Error {
    const error = new HandlerClosedError();
    this.observer.requestRefused({
      stage: 'context',
      reason: 'unknown_context',
      detail: JSON.stringify(context.getType<string>()),
      status: error.getStatus(),
      handler: describeHandler(context),
    });
    return refusalFor(error, context);
  }
}

/** `Controller.handler`, for the operator. */
export function describeHandler(context: ExecutionContext): string {
  return `${context.getClass().name}.${context.getHandler().name}`;
}

/** Puts the headers of a refusal onto the response of an HTTP context. */
export function writeHeaders(
  error: BearerError,
  context: ExecutionContext,
  { httpAdapter }: HttpAdapterHost,
): void {
  const response = context.getArgByIndex<unknown>(1);
  for (const [name, value] of Object.entries(error.headers)) {
    httpAdapter.setHeader(response, name, value);
  }
}
