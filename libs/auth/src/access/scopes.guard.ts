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
import { resourceMetadataUri } from '../metadata/protected-resource.options.js';
import { isIntrospected, principalOf, type Principal } from '../principal/principal.js';
import { challengeTo } from '../sender-constraint/proof.answer.js';
import { AccessPolicies, type AccessPolicy } from './access-policy.js';
import { unmetDetails } from './details-requirement.js';
import { describeHandler, writeHeaders } from './access-token.guard.js';
import { unmetStepUp, type StepUpRequirement } from './step-up.js';

/** The second of the two guards: authorization. It trusts nothing but AccessTokenGuard's principal. */
@Injectable()
export class ScopesGuard implements CanActivate {
  readonly #resourceMetadata: string | undefined;
  readonly #clock: () => number;

  constructor(
    private readonly policies: AccessPolicies,
    private readonly observer: AuthObserver,
    private readonly adapterHost: HttpAdapterHost,
    @Inject(AUTH_OPTIONS) options: AuthModuleOptions,
  ) {
    this.#resourceMetadata = resourceMetadataUri(options);
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
   * @throws BearerError where scope or role is missing, or where the authentication is not enough;
   *   in this order, so that nobody is sent to sign in for what they may not do anyway
   */
  authorize(context: ExecutionContext, policy: AccessPolicy, principal: Principal): true {
    if (!hasScopes(principal, policy)) {
      const scope = formatScope([...policy.scopes, ...policy.anyScope.flat()]);
      const error = new InsufficientScopeError(
        scope,
        this.#resourceMetadata,
        challengeTo(principal),
      );
      throw this.#refuse(context, 'insufficient_scope', `needs ${scope}`, error);
    }
    if (!policy.roles.every((group) => group.some((role) => principal.roles.includes(role)))) {
      const detail = `needs ${policy.roles.map((group) => group.join(' or ')).join(' and ')}`;
      const error = new InsufficientScopeError(
        undefined,
        this.#resourceMetadata,
        challengeTo(principal),
      );
      throw this.#refuse(context, 'insufficient_role', detail, error);
    }
    const unmet = unmetDetails(policy.authorizationDetails, principal, context);
    if (unmet !== undefined) {
      // RFC 9396 has no code for it, and no scope would help.
      const error = new InsufficientScopeError(
        undefined,
        this.#resourceMetadata,
        challengeTo(principal),
      );
      const detail = `needs ${unmet.type}`;
      throw this.#refuse(context, 'insufficient_authorization_details', detail, error);
    }
    if (policy.stepUp !== undefined) this.#stepUp(context, policy, policy.stepUp, principal);
    return true;
  }

  #stepUp(
    context: ExecutionContext,
    { scopes, anyScope }: AccessPolicy,
    requirement: StepUpRequirement,
    principal: Principal,
  ): void {
    const unmet = unmetStepUp(requirement, principal, this.#clock());
    if (unmet === undefined) return;
    // Of alternatives the one that the token has: the client asks for all of it in one request.
    const granted = anyScope.flat().filter((scope) => principal.scopes.includes(scope));
    const scope = formatScope([...scopes, ...granted]) || undefined;
    const error = new InsufficientUserAuthenticationError(
      { ...requirement, scope },
      this.#resourceMetadata,
      challengeTo(principal),
    );
    throw this.#refuse(context, 'insufficient_authentication', unmet, error);
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
    if (context.getType() !== 'http') return refusalFor(error, context);
    writeHeaders(error, context, this.adapterHost);
    return error;
  }
}

function hasScopes({ scopes }: Principal, policy: AccessPolicy): boolean {
  return (
    policy.scopes.every((scope) => scopes.includes(scope)) &&
    policy.anyScope.every((group) => group.some((scope) => scopes.includes(scope)))
  );
}
