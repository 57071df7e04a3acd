/** Both guards as one, for the whole application: the policy and the principal are found once. */
import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { AccessPolicies } from './access-policy.js';
import { AccessTokenGuard } from './access-token.guard.js';
import { ScopesGuard } from './scopes.guard.js';

/** What AuthModule binds unless `global: false`: AccessTokenGuard, then ScopesGuard. */
@Injectable()
export class ApplicationGuard implements CanActivate {
  constructor(
    private readonly policies: AccessPolicies,
    private readonly accessTokenGuard: AccessTokenGuard,
    private readonly scopesGuard: ScopesGuard,
  ) {}

  /** @throws BearerError where the request may not pass */
  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const policy = this.policies.of(context.getClass(), context.getHandler());
    if (policy.public) return true;
    const authenticated = this.accessTokenGuard.authenticate(context, policy);
    if (!(authenticated instanceof Promise)) {
      return this.scopesGuard.authorize(context, policy, authenticated);
    }
    return authenticated.then((principal) =>
      this.scopesGuard.authorize(context, policy, principal),
    );
  }
}
