/** Signs access tokens (RFC 9068), and encrypts them where their resource asks for it. */
import { Inject, Injectable } from '@nestjs/common';
import {
  ACCESS_TOKEN_TYP,
  type ActorClaim,
  type AuthorizationDetail,
  type ConfirmationClaim,
  formatScope,
  OFFLINE_ACCESS_SCOPE,
  type TokenType,
} from '@keyward/oauth';
import { serverConfig, type ServerConfig } from '../config/server.config.js';
import { tokenConfig, type TokenConfig } from '../config/token.config.js';
import { type Grant } from '../grant/grant.js';
import { KeyRing } from '../keys/key.ring.js';
import { signJwt } from './jws.signer.js';
import { TokenAlgorithms } from './token.algorithms.js';
import { TokenAudiences } from './token.audiences.js';
import { TokenEncryption } from './token.encryption.js';
import { newTokenId } from './token.id.js';

/** What an access token is to say. */
export interface AccessTokenGrant {
  readonly subject: string;
  readonly clientId: string;
  readonly scope: readonly string[];
  /** Resource identifiers, at least one. */
  readonly audience: readonly string[];
  /** The sign-in that it comes of; none where a client asks on its own behalf. */
  readonly grant?: Pick<Grant, 'grantId' | 'authenticatedAt' | 'acr' | 'amr'>;
  /** The key that the client proved; whoever presents the token must prove it, too. */
  readonly confirmation?: ConfirmationClaim | null;
  /** Those that its audience understands, and no others (RFC 9396 section 9.1). */
  readonly authorizationDetails?: readonly AuthorizationDetail[];
  /** Who acts for the subject (RFC 8693 section 4.1). */
  readonly actor?: ActorClaim;
  /** When it expires at the latest, in seconds since the epoch: what it comes of ends then. */
  readonly notAfter?: number;
}

/** A signed token. */
export interface IssuedAccessToken {
  readonly accessToken: string;
  readonly expiresInSeconds: number;
}

/** The only place where an access token comes into being. */
@Injectable()
export class AccessTokenIssuer {
  constructor(
    private readonly keys: KeyRing,
    @Inject(serverConfig.KEY) private readonly server: ServerConfig,
    @Inject(tokenConfig.KEY) private readonly token: TokenConfig,
    private readonly audiences: TokenAudiences,
    private readonly encryption: TokenEncryption,
    private readonly algorithms: TokenAlgorithms,
  ) {}

  /**
   * @throws InvalidTargetError where one token cannot be for the whole audience
   * @throws TemporarilyUnavailableError where no key may sign now, or the resource's is out of reach
   * @see RFC 9068 section 2.2
   */
  async issue(grant: AccessTokenGrant): Promise<IssuedAccessToken> {
    const audience = await this.audiences.find(grant.audience);
    const sealing = this.encryption.ofAccessTokens(audience);
    const envelope = sealing instanceof Promise ? await sealing : sealing;
    const key = await this.keys.signingKey(this.algorithms.ofAccessTokens(audience));
    const issuedAt = Math.floor(Date.now() / 1000);
    const expiresInSeconds = Math.min(
      this.token.accessTokenSeconds,
      (grant.notAfter ?? Infinity) - issuedAt,
    );
    const [first, ...others] = grant.audience;
    if (first === undefined) throw new TypeError('an access token needs an audience');
    const signed = await signJwt(key, ACCESS_TOKEN_TYP, {
      client_id: grant.clientId,
      // It means something to this server alone, not to a resource (RFC 9068 section 2.2.3).
      scope: formatScope(grant.scope.filter((token) => token !== OFFLINE_ACCESS_SCOPE)),
      ...signInClaims(grant.grant),
      ...(grant.confirmation && { cnf: grant.confirmation }),
      ...(grant.actor && { act: grant.actor }),
      ...detailsMember(grant.authorizationDetails),
      iss: this.server.issuer,
      sub: grant.subject,
      aud: others.length === 0 ? first : [...grant.audience],
      iat: issuedAt,
      exp: issuedAt + expiresInSeconds,
      jti: newTokenId(),
    });
    const sealed = envelope(signed);
    return {
      accessToken: typeof sealed === 'string' ? sealed : await sealed,
      expiresInSeconds,
    };
  }
}

/** @see RFC 9449 section 5; a certificate needs no other type (RFC 8705 section 3) */
export function tokenTypeOf(confirmation: ConfirmationClaim | null): TokenType {
  return confirmation?.jkt === undefined ? 'Bearer' : 'DPoP';
}

/** A member of the RFC's name for details, and none where there are none. */
export function detailsMember(details: readonly AuthorizationDetail[] = []) {
  return details.length === 0 ? {} : { authorization_details: details };
}

/** @see RFC 9068 section 2.2.1 */
function signInClaims(grant: AccessTokenGrant['grant']) {
  if (grant === undefined) return {};
  return {
    grant_id: grant.grantId,
    auth_time: Math.floor(grant.authenticatedAt.getTime() / 1000),
    acr: grant.acr,
    amr: grant.amr,
  };
}
