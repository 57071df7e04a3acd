/** Decides for what a token will be good: which scopes, at which resources. */
import { Inject, Injectable } from '@nestjs/common';
import { InvalidScopeError, InvalidTargetError } from '@keyward/oauth';
import { type Client } from '../client/client.js';
import { CachedResourceStore } from './cached-resource.store.js';
import { type ResourceStore } from './resource.store.js';

/** What a client asks a token for. */
export interface TargetRequest {
  /** Null: everything the client may have at the targeted resources. */
  readonly scope: readonly string[] | null;
  /** Empty: every resource of the client. */
  readonly resources: readonly string[];
}

/** What a token is granted for; neither list is ever empty. */
export interface Target {
  readonly scope: readonly string[];
  readonly audience: readonly string[];
}

/** Resolves scope and resource parameters against what a client is registered for. */
@Injectable()
export class TargetResolver {
  constructor(@Inject(CachedResourceStore) private readonly resources: ResourceStore) {}

  /**
   * The audience is the resources whose scopes were granted and no other, so that a token for one
   * resource is worthless at the next.
   *
   * @throws InvalidTargetError for a resource that is unknown or not this client's
   * @throws InvalidScopeError for a scope that is unknown or not registered for this client there
   * @see RFC 6749 section 3.3, RFC 8707 section 2.2
   */
  async resolve(client: Client, request: TargetRequest): Promise<Target> {
    const own = await this.resources.findOffering(client.scopes);
    const wanted = request.resources;
    const targets = wanted.length === 0 ? own : own.filter((r) => wanted.includes(r.identifier));
    if (targets.length < wanted.length) {
      throw new InvalidTargetError(
        'a resource is unknown or not available to this client',
        `client ${client.clientId} asked for a resource that is not its own`,
      );
    }

    const available = client.scopes.filter((token) =>
      targets.some((r) => r.scopes.includes(token)),
    );
    const scope = request.scope ?? available;
    if (scope.length === 0 || !scope.every((token) => available.includes(token))) {
      throw new InvalidScopeError(
        'the scope is unknown or not available to this client',
        `client ${client.clientId} asked for a scope that it may not have`,
      );
    }
    const granted = targets.filter((r) => r.scopes.some((token) => scope.includes(token)));
    return { scope, audience: granted.map((resource) => resource.identifier) };
  }
}
