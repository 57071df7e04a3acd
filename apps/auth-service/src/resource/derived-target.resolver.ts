/** Decides for what a token is good that is made from another one: for one resource, and for no more. */
import { Inject, Injectable } from '@nestjs/common';
import { InvalidScopeError, InvalidTargetError } from '@keyward/oauth';
import { CachedResourceStore } from './cached-resource.store.js';
import { type ResourceStore } from './resource.store.js';
import { type Target, type TargetRequest } from './target.resolver.js';

/** What each party lets the token be good for; it is good for what all of them do. */
export interface DerivationLimits {
  readonly scopes: readonly (readonly string[])[];
  readonly resources: readonly (readonly string[])[];
}

/** Resolves scope and resource parameters against everyone who has a say. */
@Injectable()
export class DerivedTargetResolver {
  constructor(@Inject(CachedResourceStore) private readonly resources: ResourceStore) {}

  /**
   * One resource is named and no more, so that none of them can carry the token to the next. A scope
   * that is too wide is refused, not narrowed.
   *
   * @throws InvalidTargetError for no resource, for several, and for one that somebody excludes
   * @throws InvalidScopeError where nothing is left, or where more is asked for than all allow there
   * @see RFC 8707 section 2, RFC 8693 section 2.1
   */
  async resolve(request: TargetRequest, limits: DerivationLimits): Promise<Target> {
    const [resource, ...others] = request.resources;
    if (resource === undefined || others.length > 0) {
      throw new InvalidTargetError('exactly one resource must be named');
    }
    if (!limits.resources.every((allowed) => allowed.includes(resource))) {
      throw new InvalidTargetError('the resource is unknown or not available to this client');
    }
    const [first = [], ...further] = limits.scopes;
    const allowed = first.filter((token) => further.every((scopes) => scopes.includes(token)));
    const [target] = await this.resources.findNamed([resource]);
    const available = allowed.filter((token) => target?.scopes.includes(token));
    const scope = request.scope ?? available;
    if (scope.length === 0 || !scope.every((token) => available.includes(token))) {
      throw new InvalidScopeError('the scope is more than what the new token may hold there');
    }
    return { scope, audience: [resource] };
  }
}
