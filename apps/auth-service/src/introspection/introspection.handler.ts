/** Says whether a token is live, to those who may know (RFC 7662). */
import { Injectable } from '@nestjs/common';
import { type AccessTokenClaims, type IntrospectionResponse } from '@keyward/oauth';
import { type Client } from '../client/client.js';
import { AccessTokenVerifier } from '../issuance/access-token.verifier.js';
import { RevocationService } from '../revocation/revocation.service.js';
import { type IntrospectionRequest } from './introspection-request.parser.js';

/** Every "no" is the same answer, so that it tells nothing about foreign tokens (section 2.2). */
const INACTIVE: IntrospectionResponse = { active: false };

/** Answers from the server's keys and its revocations; no token is stored anywhere. */
@Injectable()
export class IntrospectionHandler {
  constructor(
    private readonly verifier: AccessTokenVerifier,
    private readonly revocations: RevocationService,
  ) {}

  /**
   * @throws TemporarilyUnavailableError where it cannot be known whether the token was revoked
   * @see RFC 7662 section 2.2
   */
  async handle(client: Client, request: IntrospectionRequest): Promise<IntrospectionResponse> {
    const verified = await this.verifier.verify(request.token);
    if (verified === null || !concerns(verified.claims, client)) return INACTIVE;
    if (await this.revocations.isRevoked(verified.identity)) return INACTIVE;
    const { iss, sub, aud, exp, iat, jti, client_id, scope } = verified.claims;
    const { grant_id, auth_time, acr, amr } = verified.claims;
    return {
      active: true,
      iss,
      sub,
      aud,
      exp,
      iat,
      jti,
      client_id,
      scope,
      grant_id,
      auth_time,
      acr,
      amr,
      token_type: 'Bearer',
    };
  }
}

/** A resource server may ask about tokens meant for it, a client about its own (section 4). */
function concerns(claims: AccessTokenClaims, client: Client): boolean {
  if (claims.client_id === client.clientId) return true;
  const audience = typeof claims.aud === 'string' ? [claims.aud] : claims.aud;
  return client.ownResource !== null && audience.includes(client.ownResource);
}
