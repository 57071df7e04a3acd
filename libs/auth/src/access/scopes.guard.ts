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
  type BearerError,
} from '../bearer/bearer.errors.js';
import { principalOf, type AuthenticatedRequest, type Principal } from '../principal/principal.js';
import { AccessPolicies, type AccessPolicy } from './access-policy.js';
import { describeHandler, writeHeaders } from './access-token.guard.js';

/** The second of the two guards: authorization. It trusts nothing but AccessTokenGuard's principal. */
@Injectable()
export class ScopesGuard implements CanActivate {
  readonly #resourceMetadata: string | undefined;

  constructor(
    private readonly policies: AccessPolicies,
    private readonly observer: AuthObserver,
    private readonly adapterHost: HttpAdapterHost,
    @Inject(AUTH_OPTIONS) options: AuthModuleOptions,
  ) {
    this.#resourceMetadata = options.resourceMetadata;
  }

  /** @throws BearerError where the request may not pass */
  canActivate(context: ExecutionContext): boolean {
    const policy = this.policies.of(context.getClass(), context.getHandler());
    if (policy.public) return true;
    if (context.getType() !== 'http') {
      throw this.#refuse(context, 'unknown_context', undefined, new HandlerClosedError());
    }
    const principal = principalOf(context.getArgByIndex<AuthenticatedRequest>(0));
    if (principal === undefined) {
      const detail = 'ScopesGuard ran without AccessTokenGuard before it';
      throw this.#refuse(context, 'no_token', detail, new HandlerClosedError());
    }
    return this.authorize(context, policy, principal);
  }

  /**
   * Holds a principal against a policy.
   * @throws BearerError where scope or role is missing
   */
  authorize(context: ExecutionContext, policy: AccessPolicy, principal: Principal): true {
    if (!hasScopes(principal, policy)) {
      const scope = formatScope([...policy.scopes, ...policy.anyScope.flat()]);
      const error = new InsufficientScopeError(scope, this.#resourceMetadata);
      throw this.#refuse(context, 'insufficient_scope', `needs ${scope}`, error);
    }
    if (!policy.roles.every((group) => group.some((role) => principal.roles.includes(role)))) {
      const detail = `needs ${policy.roles.map((group) => group.join(' or ')).join(' and ')}`;
      const error = new InsufficientScopeError(undefined, this.#resourceMetadata);
      throw this.#refuse(context, 'insufficient_role', detail, error);
    }
    return true;
  }

  #refuse(
    context: ExecutionContext,
    reason: RefusalReason,
    detail: string | undefined,
    error: BearerError,
  ): BearerError {
    if (context.getType() === 'http') writeHeaders(error, context, this.adapterHost);
    const stage = reason === 'unknown_context' ? 'context' : 'policy';
    const handler = describeHandler(context);
    this.observer.requestRefused({ stage, reason, detail, handler, status: error.getStatus() });
    return error;
  }
}

function hasScopes({ scopes }: Principal, policy: AccessPolicy): boolean {
  return (
    policy.scopes.every((scope) => scopes.includes(scope)) &&
    policy.anyScope.every((group) => group.some((scope) => scopes.includes(scope)))
  );
}
