/** The JWT bearer grant: a partner's assertion becomes an access token of ours (RFC 7523 section 2.1). */
import { Injectable } from '@nestjs/common';
import {
  formatScope,
  JWT_BEARER_GRANT,
  OAuthError,
  TemporarilyUnavailableError,
  type TokenResponse,
} from '@keyward/oauth';
import { type AuditEvent, AuditTrail } from '../../audit/audit.trail.js';
import { type Client } from '../../client/client.js';
import { AccessTokenIssuer, tokenTypeOf } from '../../issuance/access-token.issuer.js';
import {
  PartnerAssertionVerifier,
  readClaimedIssuer,
  refusedAssertion,
} from '../../partner/partner-assertion.verifier.js';
import { type Partner, subjectAt } from '../../partner/partner.js';
import { PartnerStore } from '../../partner/partner.store.js';
import { DerivedTargetResolver } from '../../resource/derived-target.resolver.js';
import { TokenGrant } from '../token.grant.js';
import { type TokenRequest } from '../token-request.parser.js';

/**
 * The token is for one resource, holds what partner and client may both have there, and ends with the
 * assertion. It has no grant and no refresh token: what ends it early is the revocation of the client
 * or of the token itself.
 */
@Injectable()
export class JwtBearerGrant extends TokenGrant {
  readonly grantType = JWT_BEARER_GRANT;

  constructor(
    private readonly partners: PartnerStore,
    private readonly assertions: PartnerAssertionVerifier,
    private readonly targets: DerivedTargetResolver,
    private readonly issuer: AccessTokenIssuer,
    private readonly audit: AuditTrail,
  ) {
    super();
  }

  async handle(client: Client, request: TokenRequest): Promise<TokenResponse> {
    const assertion = request.parameters.required('assertion');
    const issuer = readClaimedIssuer(assertion);
    try {
      const partner = await this.partnerOf(client, issuer);
      return await this.grant(client, partner, assertion, request);
    } catch (error) {
      // What could not be decided is no decision.
      if (error instanceof OAuthError && !(error instanceof TemporarilyUnavailableError)) {
        this.record(client, {
          origin: request.origin,
          type: 'assertion.refused',
          outcome: 'failure',
          reason: error.reason,
        });
      }
      throw error;
    }
  }

  /** Asked of the record each time: a partner that is disabled gets nothing from that moment on. */
  private async partnerOf({ clientId }: Client, issuer: string | null): Promise<Partner> {
    const partner = issuer === null ? null : await this.partners.find(issuer);
    if (partner === null) throw refusedAssertion('its issuer is no partner');
    if (partner.disabledAt !== null) throw refusedAssertion(`${partner.partnerId} is disabled`);
    if (!partner.clients.includes(clientId)) {
      throw refusedAssertion(`${clientId} may not present those of ${partner.partnerId}`);
    }
    return partner;
  }

  private async grant(
    client: Client,
    partner: Partner,
    text: string,
    { origin, scope: requested, resources, confirmation }: TokenRequest,
  ): Promise<TokenResponse> {
    const assertion = await this.assertions.verify(partner, text);
    const { scope, audience } = await this.targets.resolve(
      { scope: requested, resources },
      { scopes: [partner.scopes, client.scopes], resources: [partner.resources] },
    );
    const subject = subjectAt(partner, assertion.subject);
    const { accessToken, expiresInSeconds } = await this.issuer.issue({
      subject,
      clientId: client.clientId,
      scope,
      audience,
      confirmation,
      notAfter: assertion.expiresAt,
    });
    // The key may have been waited for.
    if (expiresInSeconds <= 0) throw refusedAssertion('it has expired');
    // At last: what fails before leaves an assertion that can be presented again.
    if (!(await this.assertions.use(partner, assertion))) {
      throw refusedAssertion(`it was used before, of ${partner.partnerId}`);
    }
    this.record(client, {
      origin,
      type: 'assertion.accepted',
      outcome: 'success',
      detail: {
        partner: partner.partnerId,
        subject,
        assertion_jti: assertion.assertionId,
        resource: audience.join(' '),
      },
    });
    return {
      access_token: accessToken,
      token_type: tokenTypeOf(confirmation),
      expires_in: expiresInSeconds,
      scope: formatScope(scope),
    };
  }

  private record({ clientId }: Client, event: Omit<AuditEvent, 'clientId'>): void {
    this.audit.record({ ...event, clientId });
  }
}
