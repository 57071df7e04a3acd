/** Decides for what a person's grant will be good, and for what part of it a token is. */
import { Inject, Injectable } from '@nestjs/common';
import {
  InvalidScopeError,
  InvalidTargetError,
  OFFLINE_ACCESS_SCOPE,
  OPENID_SCOPE,
  OPENID_SCOPES,
  REFRESH_TOKEN_GRANT,
} from '@keyward/oauth';
import { type Client } from '../client/client.js';
import { serverConfig, type ServerConfig } from '../config/server.config.js';
import { type Grant } from '../grant/grant.js';
import { CachedResourceStore } from './cached-resource.store.js';
import { type ResourceStore } from './resource.store.js';
import { type Target, type TargetRequest, TargetResolver } from './target.resolver.js';

/** What a grant is good for, as it is recorded. */
export type GrantTarget = Pick<Grant, 'scope' | 'resources' | 'authorizationDetails'>;

const PERSON_SCOPES: ReadonlySet<string> = new Set(OPENID_SCOPES);

/**
 * Beside the registered resources there is the issuer: a token with the scope `openid` is also for
 * its userinfo endpoint.
 */
@Injectable()
export class GrantTargetResolver {
  constructor(
    private readonly targets: TargetResolver,
    @Inject(CachedResourceStore) private readonly resources: ResourceStore,
    @Inject(serverConfig.KEY) private readonly server: Pick<ServerConfig, 'issuer'>,
  ) {}

  /**
   * What a client may have on behalf of a person. `offline_access` is left out where the client
   * may not use refresh tokens; the issuer is not among the resources.
   *
   * @throws InvalidTargetError for a resource that is unknown or not this client's
   * @throws InvalidScopeError for a scope that is unknown, not registered for this client there, or
   *   about the person without `openid`
   * @see RFC 8707 section 2.1, OpenID Connect Core 1.0 sections 3.1.2.1, 5.4 and 11
   */
  async resolve(client: Client, request: TargetRequest): Promise<GrantTarget> {
    const requested = request.scope ?? [];
    const aboutPerson = requested.filter((token) => PERSON_SCOPES.has(token));
    this.checkAboutPerson(client, aboutPerson);
    const issuerNamed = request.resources.includes(this.server.issuer);
    if (issuerNamed && !aboutPerson.includes(OPENID_SCOPE)) {
      throw new InvalidTargetError('the issuer is a resource for the scope openid alone');
    }
    const resources = request.resources.filter((resource) => resource !== this.server.issuer);
    const atResources =
      request.scope === null ? null : requested.filter((token) => !PERSON_SCOPES.has(token));

    const nothingAtResources = atResources?.length === 0 && resources.length === 0;
    if (nothingAtResources && aboutPerson.includes(OPENID_SCOPE)) {
      return { scope: withoutUseless(requested, client), resources: [] };
    }
    if (issuerNamed && resources.length === 0) {
      throw new InvalidScopeError('the scope holds more than the issuer offers');
    }
    const target = await this.targets.resolve(client, { scope: atResources, resources });
    return {
      scope: withoutUseless(request.scope ?? target.scope, client),
      resources: target.audience,
    };
  }

  /**
   * The part of a grant that one token is for.
   *
   * @param wanted the resources of a token request; empty for all of the grant
   * @throws InvalidTargetError for a resource that the grant is not for
   * @see RFC 8707 section 2.2
   */
  async narrow(granted: GrantTarget, wanted: readonly string[]): Promise<Target> {
    const atIssuer = granted.scope.includes(OPENID_SCOPE);
    const audience = [...granted.resources, ...(atIssuer ? [this.server.issuer] : [])];
    if (wanted.length === 0) return { scope: granted.scope, audience };
    if (!wanted.every((resource) => audience.includes(resource))) {
      throw new InvalidTargetError('a resource was not granted');
    }
    const offering = await this.resources.findOffering(granted.scope);
    const named = offering.filter(({ identifier }) => wanted.includes(identifier));
    const scope = granted.scope.filter((token) =>
      PERSON_SCOPES.has(token)
        ? wanted.includes(this.server.issuer)
        : named.some(({ scopes }) => scopes.includes(token)),
    );
    const hasDetails = (granted.authorizationDetails ?? []).length > 0;
    if (scope.length === 0 && !hasDetails)
      throw new InvalidTargetError('a resource is no longer there');
    return { scope, audience: wanted };
  }

  private checkAboutPerson(client: Client, aboutPerson: readonly string[]): void {
    if (!aboutPerson.every((token) => client.scopes.includes(token))) {
      throw new InvalidScopeError(
        'the scope is unknown or not available to this client',
        `client ${client.clientId} asked for a scope that it may not have`,
      );
    }
    const needOpenId = aboutPerson.filter((token) => token !== OFFLINE_ACCESS_SCOPE);
    if (needOpenId.length > 0 && !needOpenId.includes(OPENID_SCOPE)) {
      throw new InvalidScopeError('a scope about the person needs the scope openid beside it');
    }
  }
}

function withoutUseless(scope: readonly string[], client: Client): readonly string[] {
  if (client.grantTypes.includes(REFRESH_TOKEN_GRANT)) return scope;
  return scope.filter((token) => token !== OFFLINE_ACCESS_SCOPE);
}
