/** Tells the access tokens of this server that are good now from everything else. */
import { Injectable } from '@nestjs/common';
import { type AccessTokenClaims } from '@keyward/oauth';
import { AccessTokenVerifier } from '../issuance/access-token.verifier.js';
import { RevocationService } from './revocation.service.js';

/** One check for whoever has to know: introspection says it, an exchange builds on it. */
@Injectable()
export class LiveAccessTokens {
  constructor(
    private readonly verifier: AccessTokenVerifier,
    private readonly revocations: RevocationService,
  ) {}

  /**
   * What a token says that this server signed, that has not expired and that no revocation names: not
   * by its id, its grant, its client or its key.
   *
   * @param concerns whether the caller may know of it; asked first, so that neither time nor an outage
   *   tells anything of another's token
   * @returns null for everything else
   * @throws TemporarilyUnavailableError where it cannot be known whether the token was revoked
   * @see RFC 7662 section 2.2, RFC 9068 section 4
   */
  async find(
    token: string,
    concerns: (claims: AccessTokenClaims) => boolean,
  ): Promise<AccessTokenClaims | null> {
    const verified = await this.verifier.verify(token);
    if (verified === null || !concerns(verified.claims)) return null;
    return (await this.revocations.isRevoked(verified.identity)) ? null : verified.claims;
  }
}

/** Whether a token is for this resource. */
export function isFor({ aud }: AccessTokenClaims, resource: string | null): boolean {
  return resource !== null && (typeof aud === 'string' ? aud === resource : aud.includes(resource));
}
