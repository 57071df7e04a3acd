/** Lets an authenticated request through only with the scope and the roles that the handler wants. */
import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { formatScope } from '@keyward/oauth';
import { type RefusalReason } from '../access-token/refusal.js';
import { AuthObserver } from '../auth.observer.js';
import { AUTH_OPTIONS, type AuthModuleOptions } from '../auth.options.js';
import {
  HandlerClosedError,
  InsufficientScopeError,
  InsufficientUserAuthenticationError,
  type BearerError,
} from '../bearer/bearer.errors.js';
import { refusalFor } from '../call/refusal-for.js';
import { requestOf } from '../call/request-of.js';
import { type AuthTracer } from '../observability/auth.tracer.js';
import { traced } from '../observability/traced.js';
import { resourceMetadataUri } from '../metadata/protected-resource.options.js';
import { isIntrospected, principalOf, type Principal } from '../principal/principal.js';
import { challengeTo } from '../sender-constraint/proof.answer.js';
import { acceptedAs, refusedBy } from '../shadow/shadow-comparison.js';
import { ShadowEvaluation } from '../shadow/shadow.evaluation.js';
import { AccessPolicies, type AccessPolicy } from './access-policy.js';
import { describeHandler, writeHeaders } from './access-token.guard.js';
import { noteRefusal } from './refusal-behind.js';
import { unmetPolicy, wantedScope, type UnmetPolicy } from './unmet-policy.js';

/** The second of the two guards: authorization. It trusts nothing but AccessTokenGuard's principal. */
@Injectable()
export class ScopesGuard implements CanActivate {
  readonly #resourceMetadata: string | undefined;
  readonly #tracer: AuthTracer | undefined;
  readonly #clock: () => number;

  constructor(
    private readonly policies: AccessPolicies,
    private readonly observer: AuthObserver,
    private readonly adapterHost: HttpAdapterHost,
    private readonly shadow: ShadowEvaluation,
    @Inject(AUTH_OPTIONS) options: AuthModuleOptions,
  ) {
    this.#resourceMetadata = resourceMetadataUri(options);
    this.#tracer = options.tracer;
    this.#clock = options.clock ?? Date.now;
  }

  /** @throws BearerError where the request may not pass */
  canActivate(context: ExecutionContext): boolean {
    const policy = this.policies.of(context.getClass(), context.getHandler());
    if (policy.public) return true;
    const request = requestOf(context);
    if (request === undefined) {
      throw this.#refuse(context, 'unknown_context', undefined, new HandlerClosedError());
    }
    const principal = principalOf(request);
    if (principal === undefined) {
      const detail = 'ScopesGuard ran without AccessTokenGuard before it';
      throw this.#refuse(context, 'no_token', detail, new HandlerClosedError());
    }
    // Another guard than AccessTokenGuard, such as AuthGuard('jwt'), does not know the handler.
    if (policy.introspectionMaxAgeSeconds !== undefined && !isIntrospected(principal)) {
      const detail = '@Introspect needs AccessTokenGuard before ScopesGuard';
      throw this.#refuse(context, 'introspection_missing', detail, new HandlerClosedError());
    }
    return this.authorize(context, policy, principal);
  }

  /**
   * Holds a principal against a policy.
   * @throws BearerError where scope or role is missing, or where the authentication is not enough
   */
  authorize(context: ExecutionContext, policy: AccessPolicy, principal: Principal): true {
    if (this.#tracer === undefined) return this.#authorize(context, policy, principal);
    void traced(
      this.#tracer,
      'authorization',
      describeHandler(context),
      () => this.#authorize(context, policy, principal),
      () => principal.issuer,
    );
    return true;
  }

  #authorize(context: ExecutionContext, policy: AccessPolicy, principal: Principal): true {
    const unmet = unmetPolicy(policy, principal, context, this.#clock);
    if (this.shadow.enabled) this.#compare(context, policy, principal, unmet);
    if (unmet !== undefined) {
      const error = this.#errorFor(unmet, policy, principal);
      throw this.#refuse(context, unmet.reason, unmet.detail, error);
    }
    this.observer.requestPassed?.('authorization', principal.issuer);
    return true;
  }

  #errorFor({ reason }: UnmetPolicy, policy: AccessPolicy, principal: Principal): BearerError {
    const challenge = challengeTo(principal);
    const { scopes, anyScope, stepUp } = policy;
    if (reason === 'insufficient_authentication' && stepUp !== undefined) {
      // Of alternatives the one that the token has: the client asks for all of it in one request.
      const granted = anyScope.flat().filter((scope) => principal.scopes.includes(scope));
      const scope = formatScope([...scopes, ...granted]) || undefined;
      return new InsufficientUserAuthenticationError(
        { ...stepUp, scope },
        this.#resourceMetadata,
        challenge,
      );
    }
    // Of roles and details (RFC 9396) the challenge says nothing: no scope would help.
    const scope = reason === 'insufficient_scope' ? wantedScope(policy) : undefined;
    return new InsufficientScopeError(scope, this.#resourceMetadata, challenge);
  }

  #compare(
    context: ExecutionContext,
    policy: AccessPolicy,
    principal: Principal,
    unmet: UnmetPolicy | undefined,
  ): void {
    const request = requestOf(context);
    if (request === undefined) return;
    const { issuer } = principal;
    const enforced =
      unmet === undefined
        ? acceptedAs(principal)
        : refusedBy({ stage: 'policy', reason: unmet.reason, issuer }, principal);
    const handler = describeHandler(context);
    this.shadow.compare({ context, request, handler, policy }, enforced);
  }

  #refuse(
    context: ExecutionContext,
    reason: RefusalReason,
    detail: string | undefined,
    error: BearerError,
  ): Error {
    const stage = reason === 'unknown_context' ? 'context' : 'policy';
    const handler = describeHandler(context);
    this.observer.requestRefused({ stage, reason, detail, handler, status: error.getStatus() });
    noteRefusal(error, { stage, reason, detail });
    if (context.getType() !== 'http') {
      return noteRefusal(refusalFor(error, context), { stage, reason, detail });
    }
    writeHeaders(error, context, this.adapterHost);
    return error;
  }
}
