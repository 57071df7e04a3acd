/** Decides on the tokens that are presented in an exchange (RFC 8693 section 2.1). */
import { Injectable } from '@nestjs/common';
import {
  type AccessTokenClaims,
  type ConfirmationClaim,
  InvalidRequestError,
} from '@keyward/oauth';
import { type Client } from '../../client/client.js';
import { type AccessTokenGrant } from '../../issuance/access-token.issuer.js';
import { isFor, LiveAccessTokens } from '../../revocation/live-access.tokens.js';

/** A token that the client may exchange, and the sign-in that it came of. */
export interface SubjectToken {
  readonly claims: AccessTokenClaims;
  readonly grant: NonNullable<AccessTokenGrant['grant']>;
}

/** Every refusal is `invalid_request`, as RFC 8693 section 2.2.2 wants it; why is for the operator. */
@Injectable()
export class ExchangedTokens {
  constructor(private readonly accessTokens: LiveAccessTokens) {}

  /**
   * The token of the one on whose behalf the client asks: live, and meant for the client's own
   * resource, where it was sent. It must be of a sign-in: what is made of it ends with its grant, and
   * nothing would end what was made of a token without one.
   *
   * The client need not prove the key that the token is bound to: it is not its own. It must have proved
   * a key of its own then, so that nothing which is worthless when stolen becomes worth something.
   *
   * @throws InvalidRequestError
   * @throws TemporarilyUnavailableError where it cannot be known whether the token was revoked
   */
  async subject(
    client: Client,
    token: string,
    confirmation: ConfirmationClaim | null,
  ): Promise<SubjectToken> {
    const refused = (reason: string) =>
      new InvalidRequestError('the subject token is not acceptable', `subject token: ${reason}`);
    const claims = await this.accessTokens.find(token, (found) => isFor(found, client.ownResource));
    if (claims === null) throw refused('it is no live access token for the resource of the client');
    if (claims.cnf !== undefined && confirmation === null) {
      throw refused('it is bound to a key, and the client proved none');
    }
    const { grant_id: grantId, auth_time, acr, amr } = claims;
    if (
      grantId === undefined ||
      auth_time === undefined ||
      acr === undefined ||
      amr === undefined
    ) {
      throw refused('it is not of a sign-in');
    }
    return { claims, grant: { grantId, authenticatedAt: new Date(auth_time * 1000), acr, amr } };
  }

  /**
   * Whether the client may act by this token: it must be a live one that the client got on its own
   * behalf. Nobody else acts through it.
   *
   * @throws InvalidRequestError
   * @throws TemporarilyUnavailableError where it cannot be known whether the token was revoked
   */
  async checkActor(
    { clientId }: Client,
    token: string,
    confirmation: ConfirmationClaim | null,
  ): Promise<void> {
    const refused = (reason: string) =>
      new InvalidRequestError('the actor token is not acceptable', `actor token: ${reason}`);
    const claims = await this.accessTokens.find(
      token,
      ({ sub, client_id, grant_id }) =>
        sub === clientId && client_id === clientId && grant_id === undefined,
    );
    if (claims === null) throw refused('it is no live access token of the client about itself');
    if (claims.cnf !== undefined && !isProved(claims.cnf, confirmation)) {
      throw refused('it is bound to a key that the client did not prove');
    }
  }
}

/** Unlike the subject's, the actor's token is the client's own: its key must be proved. */
function isProved(bound: ConfirmationClaim, proved: ConfirmationClaim | null): boolean {
  return bound.jkt === proved?.jkt && bound['x5t#S256'] === proved?.['x5t#S256'];
}
