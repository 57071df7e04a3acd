/** Turns an authorization request that needs nothing more into a code. */
import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { OFFLINE_ACCESS_SCOPE } from '@keyward/oauth';
import { acrToShow } from '../authentication/authentication.policy.js';
import { AuditTrail } from '../audit/audit.trail.js';
import { type Grant } from '../grant/grant.js';
import { originOf } from '../http/request.origin.js';
import { InteractionStore } from '../interaction/interaction.store.js';
import { type Session } from '../session/session.js';
import { AuthorizationCodeStore } from './authorization-code.store.js';
import { type Authorization } from './authorization.handler.js';
import { AlreadyAnsweredError } from './authorization.error.js';
import { type AuthorizationRequest } from './authorization-request.js';
import { PushedRequestStore } from './pushed-request.store.js';

/** How long a grant with `offline_access` lives in any case; every other ends with its session. */
export const OFFLINE_GRANT_SECONDS = 30 * 24 * 3600;

@Injectable()
export class AuthorizationGranter {
  constructor(
    private readonly codes: AuthorizationCodeStore,
    private readonly interactions: InteractionStore,
    private readonly pushedRequests: PushedRequestStore,
    private readonly audit: AuditTrail,
  ) {}

  /**
   * The code of a new grant. The code is kept before the request is used up: what fails on the way
   * leaves a code that nobody was told, and a request that can be answered still.
   *
   * @throws AlreadyAnsweredError where another response was made
   * @throws TemporarilyUnavailableError where a store cannot be reached
   */
  async grant(authorization: Authorization, session: Session): Promise<string> {
    const { request } = authorization;
    const grant = grantOf(request, session);
    const code = await this.codes.issue(
      { grant, nonce: request.nonce },
      // A request that waits since the previous release names no key.
      { ...request, dpopJkt: request.dpopJkt ?? null },
    );
    await this.useUp(authorization);
    this.audit.record({
      origin: originOf(authorization.http.request),
      type: 'authorization.granted',
      outcome: 'success',
      accountId: grant.accountId,
      clientId: grant.clientId,
      grantId: grant.grantId,
      sid: grant.sid,
      detail: {
        scope: grant.scope.join(' '),
        resources: grant.resources.join(' '),
        authorization_details: request.authorizationDetails.map(({ type }) => type).join(' '),
      },
    });
    return code;
  }

  /**
   * Takes the request away from everybody else: there is one response to it.
   *
   * @throws AlreadyAnsweredError where another response was made
   * @throws TemporarilyUnavailableError where a store cannot be reached
   * @see RFC 9126 section 4
   */
  async useUp({ request, interaction }: Pick<Authorization, 'request' | 'interaction'>) {
    const { requestUri, clientId } = request;
    const isFirst =
      (interaction === null || (await this.interactions.claim(interaction.interactionId))) &&
      (requestUri === null || (await this.pushedRequests.claim(requestUri, clientId)));
    if (!isFirst) throw new AlreadyAnsweredError('another response was made');
  }
}

/** What a grant takes from the request that it answers. */
export type GrantedRequest = Pick<
  AuthorizationRequest,
  'clientId' | 'scope' | 'resources' | 'authorizationDetails' | 'acrValues'
>;

/** A new grant of whoever is signed in. Without `offline_access` it ends with the session. */
export function grantOf(request: GrantedRequest, session: Session): Grant {
  return {
    grantId: randomUUID(),
    accountId: session.accountId,
    clientId: request.clientId,
    sid: session.sid,
    scope: request.scope,
    resources: request.resources,
    authorizationDetails: request.authorizationDetails,
    authenticatedAt: session.authenticatedAt,
    acr: acrToShow(request.acrValues, session.acr),
    amr: session.amr,
    expiresAt: request.scope.includes(OFFLINE_ACCESS_SCOPE)
      ? new Date(Date.now() + OFFLINE_GRANT_SECONDS * 1000)
      : session.expiresAt,
  };
}
