/** Issues initial access tokens, and ends them: every one audited. */
import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { InvalidRequestError, OPENID_SCOPES, parseScope } from '@keyward/oauth';
import { AuditTrail } from '../audit/audit.trail.js';
import { type RefreshProfile } from '../client/client.js';
import { type Administrator } from '../client-registration/client.registrar.js';
import { ClientConflictError } from '../client-registration/client-conflict.error.js';
import { registrationConfig, type RegistrationConfig } from '../config/registration.config.js';
import { errorDescription } from '../http/error.description.js';
import { ResourceStore } from '../resource/resource.store.js';
import { digestOf, newInitialAccessToken } from './registration.credential.js';
import { RegistrationStore } from './registration.store.js';
import { type RegistrationToken } from './registration.token.js';

/** What an administrator asks for. */
export interface RegistrationTokenRequest {
  readonly description: string;
  readonly scope: string;
  readonly grantTypes: readonly string[];
  readonly refreshProfile: RefreshProfile;
  readonly maxUses: number;
  readonly expiresInSeconds: number;
}

/** A token and what is shown of it once. */
export interface IssuedRegistrationToken {
  readonly issued: RegistrationToken;
  readonly token: string;
}

@Injectable()
export class RegistrationTokens {
  constructor(
    private readonly store: RegistrationStore,
    private readonly resources: ResourceStore,
    private readonly audit: AuditTrail,
    @Inject(registrationConfig.KEY) private readonly config: RegistrationConfig,
  ) {}

  /**
   * @throws InvalidRequestError for a scope that a client must not get in this way
   * @throws ClientConflictError where registration is off
   */
  async issue(
    { scope, maxUses, expiresInSeconds, ...request }: RegistrationTokenRequest,
    { by, origin }: Administrator,
  ): Promise<IssuedRegistrationToken> {
    if (this.config.dynamic === 'off') {
      throw new ClientConflictError(
        'clients cannot register here: AUTH_DYNAMIC_REGISTRATION is off',
      );
    }
    const scopes = await this.registrableScopes(scope);
    const token = newInitialAccessToken();
    const issued = await this.store.issueToken(
      {
        ...request,
        tokenId: randomUUID(),
        scopes,
        usesLeft: maxUses,
        expiresAt: new Date(Date.now() + expiresInSeconds * 1000),
        createdBy: by,
      },
      digestOf(token),
    );
    const { tokenId, expiresAt } = issued;
    const terms = { scope: scopes.join(' '), uses: maxUses, expires_at: expiresAt.toISOString() };
    const detail = { by, registration_token: tokenId, ...terms };
    this.audit.record({ origin, type: 'registration_token.issued', outcome: 'success', detail });
    return { issued, token };
  }

  list(after: string | null, limit: number): Promise<readonly RegistrationToken[]> {
    return this.store.listTokens(after, limit);
  }

  /** Clients that registered by it stay. @returns null where there is none */
  async revoke(tokenId: string, { by, origin }: Administrator): Promise<RegistrationToken | null> {
    const revoked = await this.store.revokeToken(tokenId);
    if (revoked === null) return null;
    const detail = { by, registration_token: tokenId };
    this.audit.record({ origin, type: 'registration_token.revoked', outcome: 'success', detail });
    return revoked;
  }

  /** Those that resources offer and those about a person; none by which this server is governed. */
  private async registrableScopes(scope: string): Promise<readonly string[]> {
    const scopes = parseScope(scope) ?? [];
    const offering = await this.resources.findOffering(scopes);
    const offered = new Set<string>([
      ...offering.flatMap((resource) => resource.scopes),
      ...OPENID_SCOPES,
    ]);
    const problems = scopes.flatMap((token) => {
      if (token.startsWith('admin:')) return [`scope: ${token} is not for clients that register`];
      return offered.has(token) ? [] : [`scope: no resource offers ${token}`];
    });
    if (scopes.length === 0) problems.push('scope: there must be one');
    if (problems.length === 0) return scopes;
    throw new InvalidRequestError(errorDescription(problems));
  }
}
