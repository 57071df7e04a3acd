/** Revokes a client's own token (RFC 7009). */
import { Injectable, Logger } from '@nestjs/common';
import { UnsupportedTokenTypeError } from '@keyward/oauth';
import { type Client } from '../client/client.js';
import { AccessTokenVerifier } from '../issuance/access-token.verifier.js';
import { type RevocationRequest } from './revocation-request.parser.js';
import { RefreshTokenService } from '../refresh-token/refresh-token.service.js';
import { RevocationService } from './revocation.service.js';

/** An access token by its jti; a refresh token of any generation with its whole grant. */
@Injectable()
export class RevocationHandler {
  private readonly logger = new Logger(RevocationHandler.name);

  constructor(
    private readonly verifier: AccessTokenVerifier,
    private readonly revocations: RevocationService,
    private readonly refreshTokens: RefreshTokenService,
  ) {}

  /**
   * Whatever is not a live token of this client is left alone without a word: the client could not
   * do anything about it, and must not learn whose it is.
   *
   * @throws UnsupportedTokenTypeError for an encrypted token, which only its resource can read: a "done"
   *   would be wrong, and its client revokes the refresh token instead
   * @throws TemporarilyUnavailableError where the revocation cannot be recorded
   * @see RFC 7009 sections 2.2 and 2.2.1
   */
  async handle(client: Client, request: RevocationRequest): Promise<void> {
    if (isEncrypted(request.token)) {
      throw new UnsupportedTokenTypeError(
        'an encrypted token cannot be revoked; its refresh token can',
      );
    }
    const grant = await this.refreshTokens.findGrant(request.token);
    if (grant === null) return this.revokeAccessToken(client, request.token);
    if (!this.isOwner(client, grant.clientId)) return;
    const cause = { reason: 'client_request', by: `client ${client.clientId}` };
    await this.revocations.revokeGrant(grant.grantId, cause);
  }

  private async revokeAccessToken(client: Client, token: string): Promise<void> {
    // Expired or not is for the record's clock to say: by a replica's own, which may be wrong, a token
    // that lives would be called revoked and live on.
    const verified = await this.verifier.authenticate(token);
    if (verified === null || !this.isOwner(client, verified.claims.client_id)) return;
    const { jti, exp, aud } = verified.claims;
    const audiences = typeof aud === 'string' ? [aud] : aud;
    await this.revocations.revokeToken({ jti, exp, audiences }, `by client ${client.clientId}`);
  }

  private isOwner({ clientId }: Client, ownerId: string): boolean {
    if (clientId === ownerId) return true;
    this.logger.warn(`client ${clientId} tried to revoke a token of another client`);
    return false;
  }
}

/** @see RFC 7516 section 3: five segments */
function isEncrypted(token: string): boolean {
  return token.split('.', 6).length === 5;
}
