/** Revokes a client's own token (RFC 7009). */
import { Injectable, Logger } from '@nestjs/common';
import { type Client } from '../client/client.js';
import { AccessTokenVerifier } from '../issuance/access-token.verifier.js';
import { type RevocationRequest } from './revocation-request.parser.js';
import { RevocationService } from './revocation.service.js';

/** Access tokens by their jti; there are no other tokens yet. */
@Injectable()
export class RevocationHandler {
  private readonly logger = new Logger(RevocationHandler.name);

  constructor(
    private readonly verifier: AccessTokenVerifier,
    private readonly revocations: RevocationService,
  ) {}

  /**
   * Whatever is not a live token of this client is left alone without a word: the client could not
   * do anything about it, and must not learn whose it is.
   *
   * @throws TemporarilyUnavailableError where the revocation cannot be recorded
   * @see RFC 7009 section 2.2
   */
  async handle(client: Client, request: RevocationRequest): Promise<void> {
    const verified = await this.verifier.verify(request.token);
    if (verified === null) return;
    const { claims } = verified;
    if (claims.client_id !== client.clientId) {
      this.logger.warn(`client ${client.clientId} tried to revoke a token of another client`);
      return;
    }
    const { jti, exp, aud } = claims;
    const audiences = typeof aud === 'string' ? [aud] : aud;
    await this.revocations.revokeToken({ jti, exp, audiences }, `by client ${client.clientId}`);
  }
}
