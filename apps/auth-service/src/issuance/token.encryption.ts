/** Encrypts signed tokens to whoever registered a key for it: a resource, or a client for its ID tokens. */
import { Inject, Injectable } from '@nestjs/common';
import {
  ACCESS_TOKEN_TYP,
  ID_TOKEN_TYP,
  InvalidTargetError,
  UnauthorizedClientError,
} from '@keyward/oauth';
import { CompactEncrypt } from 'jose';
import { CachedClientStore } from '../client/cached-client.store.js';
import { type Client, type JweAlgorithms } from '../client/client.js';
import { type ClientStore } from '../client/client.store.js';
import { CachedResourceStore } from '../resource/cached-resource.store.js';
import { type ResourceStore } from '../resource/resource.store.js';
import { type Audience } from './token.audiences.js';
import { type RecipientKeySource, RecipientKeys } from './recipient.keys.js';

/** What becomes of a signed token before it is sent. */
export type Envelope = (jws: string) => Promise<string> | string;

const OPEN: Envelope = (jws) => jws;

/**
 * Asked before anything is signed. Where a recipient registered a key, no token for it leaves this
 * server in the clear, whatever is down.
 */
@Injectable()
export class TokenEncryption {
  constructor(
    @Inject(CachedResourceStore) private readonly resources: ResourceStore,
    @Inject(CachedClientStore) private readonly clients: ClientStore,
    private readonly keys: RecipientKeys,
  ) {}

  /**
   * How access tokens for an audience are sent.
   *
   * @throws InvalidTargetError where one of several resources has its tokens encrypted: the others
   *   could not read them
   * @throws TemporarilyUnavailableError where its key cannot be read
   * @see RFC 9068 section 4
   */
  ofAccessTokens({ identifiers, resources }: Audience): Promise<Envelope> | Envelope {
    const encryption = resources.find((resource) => resource.encryption !== null)?.encryption;
    if (encryption === null || encryption === undefined) return OPEN;
    if (identifiers.length > 1) {
      throw new InvalidTargetError('a resource whose tokens are encrypted must be asked for alone');
    }
    return this.envelope(encryption, encryption, ACCESS_TOKEN_TYP);
  }

  /**
   * Whether access tokens of a client can be encrypted at all, so that others are spared a question.
   * @throws TemporarilyUnavailableError where the resources cannot be read
   */
  async mayConcern({ scopes }: Pick<Client, 'scopes'>): Promise<boolean> {
    const resources = await this.resources.findOffering(scopes);
    return resources.some(({ encryption }) => encryption !== null);
  }

  /**
   * How a client's ID tokens are sent.
   *
   * @throws TemporarilyUnavailableError where the client or its key cannot be read
   * @see OpenID Connect Core 1.0 section 16.14, RFC 7591 section 2
   */
  async ofIdTokens(clientId: string): Promise<Envelope> {
    const client = await this.clients.find(clientId);
    // It was authenticated a moment ago: where it is gone, nothing is known of how it wants tokens.
    if (client === null) throw new UnauthorizedClientError('the client is no longer registered');
    const { idTokenEncryption, jwks, jwksUri } = client;
    if (idTokenEncryption === null) return OPEN;
    return this.envelope(
      idTokenEncryption,
      { alg: idTokenEncryption.alg, jwks, jwksUri },
      ID_TOKEN_TYP,
    );
  }

  /** @see RFC 7516 section 5.1, RFC 7519 section 5.2 for `cty`; never `zip` (RFC 8725 section 3.6) */
  private async envelope(
    { alg, enc }: JweAlgorithms,
    source: RecipientKeySource,
    typ: string,
  ): Promise<Envelope> {
    const { kid, key } = await this.keys.find(source);
    return (jws) =>
      new CompactEncrypt(Buffer.from(jws, 'latin1'))
        .setProtectedHeader({ alg, enc, kid, typ, cty: 'JWT' })
        .encrypt(key);
  }
}
