/** Looks up for whom an access token is, once for all that depends on it. */
import { Inject, Injectable } from '@nestjs/common';
import { InvalidTargetError } from '@keyward/oauth';
import { serverConfig, type ServerConfig } from '../config/server.config.js';
import { CachedResourceStore } from '../resource/cached-resource.store.js';
import { type Resource } from '../resource/resource.js';
import { type ResourceStore } from '../resource/resource.store.js';

/** For whom a token is. */
export interface Audience {
  /** As the token names them; the issuer may be among them. */
  readonly identifiers: readonly string[];
  /** All but the issuer, which is no registered resource. */
  readonly resources: readonly Resource[];
}

@Injectable()
export class TokenAudiences {
  constructor(
    @Inject(CachedResourceStore) private readonly resources: ResourceStore,
    @Inject(serverConfig.KEY) private readonly server: Pick<ServerConfig, 'issuer'>,
  ) {}

  /**
   * @throws InvalidTargetError for a resource that is no longer registered
   * @throws TemporarilyUnavailableError where the resources cannot be read
   */
  async find(identifiers: readonly string[]): Promise<Audience> {
    const { issuer } = this.server;
    const registered = identifiers.includes(issuer)
      ? identifiers.filter((identifier) => identifier !== issuer)
      : identifiers;
    const resources = await this.resources.findNamed(registered);
    if (resources.length < registered.length) {
      throw new InvalidTargetError('a resource is no longer there');
    }
    return { identifiers, resources };
  }
}
