/** Lets people in to the pages about their own account, and leads everybody else by way of sign-in. */
import { randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { PASSWORD_ACR } from '../authentication/acr.js';
import { AuthenticationPolicy } from '../authentication/authentication.policy.js';
import { decide } from '../authorization/authorization.decision.js';
import { type AuthorizationRequest } from '../authorization/authorization-request.js';
import { serverConfig, type ServerConfig } from '../config/server.config.js';
import { FRESH_SECONDS } from '../factor/factor.service.js';
import { originOf, type RequestOrigin } from '../http/request.origin.js';
import { seeOther } from '../http/see-other.js';
import { BrowserCookie } from '../interaction/browser.cookie.js';
import { factorPath, signInPath } from '../interaction/interaction.paths.js';
import { InteractionStore } from '../interaction/interaction.store.js';
import { OWN_PAGES } from '../interaction/own-pages.client.js';
import { type SignedInAccount, SignedInAccounts } from '../interaction/signed-in.account.js';

/** One request of a browser for one of these pages. */
export interface Visit {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

/** Somebody who was let in. */
export interface Visitor extends Visit, SignedInAccount {
  /** For the audit. */
  readonly origin: RequestOrigin;
}

/** How lately the person has to have signed in: `fresh` for what a thief of a session must not do. */
export type Freshness = 'any' | 'fresh';

/** What a page wants of a sign-in beyond what the person's own account does. */
export type SignInDemand = Partial<
  Pick<AuthorizationRequest, 'acrValues' | 'maxAgeSeconds' | 'hintedSubject'>
>;

const INTERACTION_ID_BYTES = 16;

@Injectable()
export class AccountAccess {
  constructor(
    private readonly signedIn: SignedInAccounts,
    private readonly policy: AuthenticationPolicy,
    private readonly interactions: InteractionStore,
    private readonly browsers: BrowserCookie,
    @Inject(serverConfig.KEY) private readonly server: ServerConfig,
  ) {}

  /**
   * Whoever is signed in as surely as their groups and their own factors demand. With `fresh` they
   * did so within {@link FRESH_SECONDS}, by a factor where they have one. Everybody else is sent to
   * prove what is missing, and from there to `path`; what they posted is not done.
   *
   * @param path of a page of ours, never of a request: nobody can be led elsewhere
   * @param demand of the page, over what `freshness` says
   * @returns null where the browser was sent on, and nothing is left to answer
   * @throws TemporarilyUnavailableError where it cannot be known
   * @see NIST SP 800-63B-4 section 5.2, OWASP ASVS 5.0 section 7.5.1
   */
  async enter(
    visit: Visit,
    path: string,
    freshness: Freshness = 'any',
    demand: SignInDemand = {},
  ): Promise<Visitor | null> {
    const who = await this.signedIn.find(visit.request);
    const request = { ...this.requestOf(path, who, freshness), ...demand };
    const decision = decide({
      request,
      client: OWN_PAGES,
      session: who?.session ?? null,
      remembered: null,
      interaction: null,
      needed:
        who === null
          ? PASSWORD_ACR
          : await this.policy.neededAcr({ ...who.account, client: OWN_PAGES, request }),
      now: new Date(),
    });
    if (who !== null && decision.next === 'respond') {
      return { ...visit, ...who, origin: originOf(visit.request) };
    }
    const interactionId = await this.begin(visit, request, path);
    const next = decision.next === 'factor' ? factorPath : signInPath;
    seeOther(visit.reply, next(interactionId));
    return null;
  }

  private async begin(
    { request, reply }: Visit,
    asked: AuthorizationRequest,
    path: string,
  ): Promise<string> {
    const interactionId = randomBytes(INTERACTION_ID_BYTES).toString('base64url');
    await this.interactions.save({
      interactionId,
      browserSha256: this.browsers.ensure(request, reply),
      request: asked,
      createdAtMs: Date.now(),
      proof: null,
      selectedSid: null,
      consent: null,
      ownPage: path,
    });
    return interactionId;
  }

  /** What a client would ask for to know the same; there is nothing to be granted. */
  private requestOf(
    path: string,
    who: SignedInAccount | null,
    freshness: Freshness,
  ): AuthorizationRequest {
    const isFreshWanted = who !== null && freshness === 'fresh';
    return {
      clientId: OWN_PAGES.clientId,
      redirectUri: `${this.server.issuer}${path}`,
      responseMode: 'query',
      scope: [],
      resources: [],
      authorizationDetails: [],
      state: null,
      nonce: null,
      codeChallenge: '',
      dpopJkt: null,
      prompt: [],
      maxAgeSeconds: isFreshWanted ? FRESH_SECONDS : null,
      loginHint: null,
      acrValues: [],
      // Whoever confirms that it is them is the one who is signed in, and nobody else.
      hintedSubject: isFreshWanted ? who.account.accountId : null,
      requestUri: null,
    };
  }
}
