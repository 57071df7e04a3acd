/** Decides which authorization details a client may have, and which of them a token carries. */
import { Inject, Injectable } from '@nestjs/common';
import {
  type AuthorizationDetail,
  InvalidAuthorizationDetailsError,
  InvalidTargetError,
} from '@keyward/oauth';
import { type Client } from '../client/client.js';
import { CachedResourceStore } from '../resource/cached-resource.store.js';
import { type ResourceStore } from '../resource/resource.store.js';
import { type TargetRequest } from '../resource/target.resolver.js';
import { areAmong } from './authorization-details.js';
import { parseAuthorizationDetails } from './authorization-details.parser.js';
import { CachedAuthorizationDetailsTypes } from './cached-authorization-details-types.js';

/** Details that a client may ask for, and the resources that understand them. */
export interface ResolvedDetails {
  readonly authorizationDetails: readonly AuthorizationDetail[];
  readonly resources: readonly string[];
}

/** What is asked for by scope, wherever that is resolved. */
interface ScopeTarget {
  readonly scope: readonly string[];
  readonly resources: readonly string[];
}

const NONE: ResolvedDetails = { authorizationDetails: [], resources: [] };

@Injectable()
export class AuthorizationDetailsResolver {
  constructor(
    private readonly types: CachedAuthorizationDetailsTypes,
    @Inject(CachedResourceStore) private readonly resources: ResourceStore,
  ) {}

  /**
   * @param text the parameter, null where it was not sent
   * @throws InvalidAuthorizationDetailsError for what is malformed, of an unknown type, of one that is
   *   not this client's, or not as its type says
   * @throws TemporarilyUnavailableError where the types cannot be read
   * @see RFC 9396 section 5
   */
  async resolve(client: Client, text: string | null): Promise<ResolvedDetails> {
    if (text === null) return NONE;
    const authorizationDetails = parseAuthorizationDetails(text);
    const resources = new Set<string>();
    for (const { type, ...members } of authorizationDetails) {
      const known = client.authorizationDetailsTypes.includes(type)
        ? await this.types.find(type)
        : null;
      if (known === null) {
        throw new InvalidAuthorizationDetailsError(
          'a type of the authorization_details is unknown or not available to this client',
          `client ${client.clientId} asked for details of a type that it may not have`,
        );
      }
      if (!known.check(members)) {
        throw new InvalidAuthorizationDetailsError('an element is not as its type wants it');
      }
      resources.add(known.resource);
    }
    return { authorizationDetails, resources: [...resources] };
  }

  /**
   * Scope and resources of a request with these details. Where it has details and no scope it asks for
   * nothing by scope, instead of everything.
   *
   * @param resolveScope decides on the part that is asked for by scope
   * @throws InvalidTargetError where a detail is for a resource that the request does not name, or a
   *   named resource for nothing
   */
  async resolveTarget(
    client: Client,
    { scope, resources }: TargetRequest,
    details: ResolvedDetails,
    resolveScope: (request: TargetRequest) => Promise<ScopeTarget>,
  ): Promise<ScopeTarget> {
    if (details.resources.length === 0) return resolveScope({ scope, resources });
    const isNamed = (resource: string) => resources.length === 0 || resources.includes(resource);
    if (!details.resources.every(isNamed)) {
      throw new InvalidTargetError(
        'authorization_details are for a resource that was not asked for',
      );
    }
    if (scope === null) {
      if (!resources.every((resource) => details.resources.includes(resource))) {
        throw new InvalidTargetError('a resource was asked for and nothing at it');
      }
      return { scope: [], resources: details.resources };
    }
    const offering = await this.resources.findOffering(client.scopes);
    const isOffering = (resource: string) =>
      offering.some(({ identifier }) => identifier === resource);
    // A resource that is named for its details alone need not have a scope for this client.
    const forScope = resources.filter(
      (resource) => isOffering(resource) || !details.resources.includes(resource),
    );
    const target = await resolveScope({ scope, resources: forScope });
    if (!target.resources.every(isNamed)) {
      throw new InvalidTargetError('the scope is for a resource that was not asked for');
    }
    return { ...target, resources: [...new Set([...target.resources, ...details.resources])] };
  }

  /**
   * The part of what was granted that a token request asks for.
   *
   * @param text the parameter, null where it was not sent: then it is all of it
   * @throws InvalidAuthorizationDetailsError for an element that was not granted as it stands
   * @see RFC 9396 section 6
   */
  narrow(
    granted: readonly AuthorizationDetail[] = [],
    text: string | null,
  ): readonly AuthorizationDetail[] {
    if (text === null) return granted;
    const wanted = parseAuthorizationDetails(text);
    if (areAmong(wanted, granted)) return wanted;
    throw new InvalidAuthorizationDetailsError('an element was not granted');
  }

  /**
   * The details that a token for an audience carries: those whose resource is in it. A type that is no
   * longer there is nobody's.
   *
   * @throws TemporarilyUnavailableError where the types cannot be read
   * @see RFC 9396 section 9.1
   */
  async ofAudience(
    details: readonly AuthorizationDetail[] = [],
    audience: readonly string[],
  ): Promise<readonly AuthorizationDetail[]> {
    const kept: AuthorizationDetail[] = [];
    for (const detail of details) {
      const type = await this.types.find(detail.type);
      if (type !== null && audience.includes(type.resource)) kept.push(detail);
    }
    return kept;
  }
}
