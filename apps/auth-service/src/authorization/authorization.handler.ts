/** Answers authorization requests: decides what is needed, sends the browser there, and responds. */
import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { PASSWORD_ACR } from '../authentication/acr.js';
import { AuthenticationPolicy } from '../authentication/authentication.policy.js';
import { RememberedDevices } from '../authentication/remembered.devices.js';
import { ConsentStore } from '../consent/consent.store.js';
import { BrowserCookie } from '../interaction/browser.cookie.js';
import { type Interaction } from '../interaction/interaction.js';
import {
  consentPath,
  factorPath,
  selectAccountPath,
  signInPath,
} from '../interaction/interaction.paths.js';
import { InteractionStore } from '../interaction/interaction.store.js';
import { SessionService } from '../session/session.service.js';
import { decide, type Decision } from './authorization.decision.js';
import { AuthorizationError } from './authorization.error.js';
import { AuthorizationGranter } from './authorization.granter.js';
import { AuthorizationResponder, type Exchange } from './authorization.responder.js';
import { type AuthorizationRequest } from './authorization-request.js';
import { type Recipient } from './authorization-request.checker.js';

/** A request under way, in the browser that it came from. */
export interface Authorization {
  readonly request: AuthorizationRequest;
  readonly recipient: Recipient;
  /** Null where the request has only just come. */
  readonly interaction: Interaction | null;
  readonly http: Exchange;
}

const INTERACTION_ID_BYTES = 16;

const PAGES = {
  signIn: signInPath,
  factor: factorPath,
  selectAccount: selectAccountPath,
  consent: consentPath,
};

@Injectable()
export class AuthorizationHandler {
  constructor(
    private readonly sessions: SessionService,
    private readonly policy: AuthenticationPolicy,
    private readonly devices: RememberedDevices,
    private readonly consents: ConsentStore,
    private readonly interactions: InteractionStore,
    private readonly browser: BrowserCookie,
    private readonly granter: AuthorizationGranter,
    private readonly responder: AuthorizationResponder,
  ) {}

  /** @throws OAuthError that is the client's to know; TemporarilyUnavailableError changed nothing */
  async handle(authorization: Authorization): Promise<void> {
    const decision = await this.decideNow(authorization);
    const { recipient, http } = authorization;
    switch (decision.next) {
      case 'signIn':
      case 'factor':
      case 'selectAccount':
      case 'consent': {
        const interactionId = await this.interact(authorization);
        return this.responder.goTo(http.reply, PAGES[decision.next](interactionId));
      }
      case 'respond': {
        const code = await this.granter.grant(authorization, decision.session);
        return this.responder.grant(http.reply, recipient, code);
      }
      case 'refuse': {
        await this.granter.useUp(authorization);
        const { code, description } = decision;
        const error = new AuthorizationError(code, description);
        return this.responder.refuse(http, recipient, error);
      }
    }
  }

  private async decideNow({
    request,
    recipient,
    interaction,
    http,
  }: Authorization): Promise<Decision> {
    const { client } = recipient;
    const session = await this.sessions.find(http.request);
    const remembered =
      session === null ? null : await this.consents.find(session.accountId, client.clientId);
    const needed =
      session === null
        ? PASSWORD_ACR
        : await this.policy.neededAcr({
            ...{ accountId: session.accountId, client, request },
            isRemembered: () => this.devices.isKnown(http.request, session.accountId),
          });
    return decide({ request, client, session, remembered, interaction, needed, now: new Date() });
  }

  /** @returns the id of the interaction, which is begun where there was none yet */
  private async interact({ request, interaction, http }: Authorization): Promise<string> {
    if (interaction !== null) return interaction.interactionId;
    const interactionId = randomBytes(INTERACTION_ID_BYTES).toString('base64url');
    await this.interactions.save({
      interactionId,
      browserSha256: this.browser.ensure(http.request, http.reply),
      request,
      createdAtMs: Date.now(),
      proof: null,
      selectedSid: null,
      consent: null,
    });
    return interactionId;
  }
}
