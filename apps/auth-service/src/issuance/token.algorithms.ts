/** Which algorithm signs what: the server's, or that with which a resource or a client is registered. */
import { Inject, Injectable } from '@nestjs/common';
import { InvalidTargetError, TemporarilyUnavailableError } from '@keyward/oauth';
import { CachedClientStore } from '../client/cached-client.store.js';
import { type Client } from '../client/client.js';
import { type ClientStore } from '../client/client.store.js';
import { isSigningAlgorithm, type SigningAlgorithm } from '../config/environment.schema.js';
import { tokenConfig, type TokenConfig } from '../config/token.config.js';
import { CachedResourceStore } from '../resource/cached-resource.store.js';
import { type Resource } from '../resource/resource.js';
import { type ResourceStore } from '../resource/resource.store.js';
import { type Audience } from './token.audiences.js';

/** Asked before anything is signed; from memory, nearly always. */
@Injectable()
export class TokenAlgorithms {
  constructor(
    @Inject(CachedResourceStore) private readonly resources: ResourceStore,
    @Inject(CachedClientStore) private readonly clients: ClientStore,
    @Inject(tokenConfig.KEY) private readonly token: Pick<TokenConfig, 'signingAlgorithm'>,
  ) {}

  /**
   * What signs access tokens for an audience. The issuer itself verifies by any of its keys.
   *
   * @throws InvalidTargetError where its resources want different ones: no token has two signatures
   * @throws TemporarilyUnavailableError for one that this release does not know
   * @see RFC 8707 section 2
   */
  ofAccessTokens({ resources }: Pick<Audience, 'resources'>): SigningAlgorithm {
    const algorithm = this.chosen(resources[0]?.signingAlgorithm ?? null);
    for (const { signingAlgorithm } of resources) {
      if (this.chosen(signingAlgorithm) === algorithm) continue;
      throw new InvalidTargetError(
        'the resources want different signature algorithms: ask for a token for each',
      );
    }
    return algorithm;
  }

  /**
   * Whether the resources of a client want different ones, so that the others are spared a question.
   * @throws TemporarilyUnavailableError where the resources cannot be read
   */
  async mayDisagree({ scopes }: Pick<Client, 'scopes'>): Promise<boolean> {
    return this.distinct(await this.resources.findOffering(scopes)).length > 1;
  }

  /**
   * What signs the ID and logout tokens of a client.
   *
   * @throws TemporarilyUnavailableError where the client cannot be read
   * @see OpenID Connect Dynamic Client Registration 1.0 section 2, Back-Channel Logout 1.0 section 2.6
   */
  async ofIdTokens(clientId: string): Promise<SigningAlgorithm> {
    const client = await this.clients.find(clientId);
    return this.chosen(client?.idTokenSigningAlgorithm ?? null);
  }

  /**
   * What signs introspection responses to a client.
   * @see RFC 9701 section 6
   */
  ofIntrospection(client: Pick<Client, 'introspectionSigningAlgorithm'>): SigningAlgorithm {
    return this.chosen(client.introspectionSigningAlgorithm);
  }

  private distinct(resources: readonly Pick<Resource, 'signingAlgorithm'>[]): SigningAlgorithm[] {
    return [...new Set(resources.map(({ signingAlgorithm }) => this.chosen(signingAlgorithm)))];
  }

  // What a later release registered is not replaced by something that nobody asked for.
  private chosen(registered: string | null): SigningAlgorithm {
    if (registered === null) return this.token.signingAlgorithm;
    if (isSigningAlgorithm(registered)) return registered;
    throw new TemporarilyUnavailableError(
      'no token can be signed now',
      `${registered} is registered, which this release cannot sign by`,
    );
  }
}
