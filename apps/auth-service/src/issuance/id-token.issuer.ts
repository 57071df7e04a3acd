/** Signs ID tokens (OpenID Connect Core 1.0 section 2), and encrypts them where their client asks for it. */
import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { ID_TOKEN_TYP, type IdTokenClaims } from '@keyward/oauth';
import { type SigningAlgorithm } from '../config/environment.schema.js';
import { serverConfig, type ServerConfig } from '../config/server.config.js';
import { type Grant } from '../grant/grant.js';
import { KeyRing } from '../keys/key.ring.js';
import { signJwt } from './jws.signer.js';
import { TokenAlgorithms } from './token.algorithms.js';
import { TokenEncryption } from './token.encryption.js';

/** What an ID token is to say beside the grant. */
export interface IdTokenContent {
  readonly grant: Grant;
  /** Of the authorization request; null at a refresh. */
  readonly nonce: string | null;
  /** The access token that goes with it as it is sent, for `at_hash`. */
  readonly accessToken: string | null;
}

/** A client looks at an ID token when it arrives; it is no session and need not live as long. */
export const ID_TOKEN_SECONDS = 600;

const CLAIMS: Readonly<Record<keyof IdTokenClaims, true>> = {
  iss: true,
  sub: true,
  aud: true,
  exp: true,
  iat: true,
  auth_time: true,
  nonce: true,
  acr: true,
  amr: true,
  at_hash: true,
  sid: true,
};

/** The name of every claim that an ID token can have. */
export const ID_TOKEN_CLAIM_NAMES: readonly string[] = Object.keys(CLAIMS);

/** The hash of each algorithm; Ed25519 signs by SHA-512. */
const HASH_OF: Readonly<Record<SigningAlgorithm, string>> = {
  ES256: 'sha256',
  ES384: 'sha384',
  RS256: 'sha256',
  PS256: 'sha256',
  EdDSA: 'sha512',
};

/** The only place where an ID token comes into being. It holds no personal data: userinfo does. */
@Injectable()
export class IdTokenIssuer {
  constructor(
    private readonly keys: KeyRing,
    @Inject(serverConfig.KEY) private readonly server: ServerConfig,
    private readonly encryption: TokenEncryption,
    private readonly algorithms: TokenAlgorithms,
  ) {}

  /**
   * @throws TemporarilyUnavailableError where no key may sign now, or the client's is out of reach
   * @see OpenID Connect Core 1.0 sections 2, 3.1.3.6 and 12.2
   */
  async issue({ grant, nonce, accessToken }: IdTokenContent): Promise<string> {
    const envelope = await this.encryption.ofIdTokens(grant.clientId);
    const key = await this.keys.signingKey(await this.algorithms.ofIdTokens(grant.clientId));
    const issuedAt = Math.floor(Date.now() / 1000);
    const claims: IdTokenClaims = {
      iss: this.server.issuer,
      sub: grant.accountId,
      aud: grant.clientId,
      exp: issuedAt + ID_TOKEN_SECONDS,
      iat: issuedAt,
      auth_time: Math.floor(grant.authenticatedAt.getTime() / 1000),
      ...(nonce === null ? {} : { nonce }),
      acr: grant.acr,
      amr: grant.amr,
      ...(accessToken === null ? {} : { at_hash: leftHalfHash(key.algorithm, accessToken) }),
      sid: grant.sid,
    };
    return envelope(await signJwt(key, ID_TOKEN_TYP, claims));
  }
}

/** @see OpenID Connect Core 1.0 section 3.1.3.6 */
function leftHalfHash(algorithm: SigningAlgorithm, text: string): string {
  const hash = createHash(HASH_OF[algorithm]).update(text, 'ascii').digest();
  return hash.subarray(0, hash.length / 2).toString('base64url');
}
