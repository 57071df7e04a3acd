/** Signs a browser out, at once or after its owner said so, and leads it on. */
import { Injectable } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { ENDPOINT_PATHS } from '../http/endpoint.paths.js';
import { PageError } from '../http/page.error.js';
import { originOf } from '../http/request.origin.js';
import { BrowserCookie } from '../interaction/browser.cookie.js';
import { type IdTokenHint } from '../issuance/id-token.verifier.js';
import { SessionService } from '../session/session.service.js';
import { type Session } from '../session/session.js';
import { PageRenderer } from '../views/page.renderer.js';
import { type LogoutRequest } from './logout-request.js';

/** Where the confirmation page posts. */
export const CONFIRM_PATH = `${ENDPOINT_PATHS.endSession}/confirm`;

/** Why a session ended, for the audit. */
export const SIGNED_OUT = 'signed_out';

@Injectable()
export class LogoutHandler {
  constructor(
    private readonly sessions: SessionService,
    private readonly browsers: BrowserCookie,
    private readonly pages: PageRenderer,
  ) {}

  /**
   * A hint for this very session shows that the client it was issued to asks; without one anybody's
   * link may have led here, and the person is asked.
   *
   * @throws TemporarilyUnavailableError where the session cannot be looked up or its end recorded
   * @see RP-Initiated Logout 1.0 sections 2 and 6
   */
  async handle(asked: LogoutRequest, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const session = await this.sessions.find(request);
    if (session === null) return this.finish(asked, reply);
    if (isFor(asked.hint, session)) return this.signOut(session, asked, request, reply);
    const { client, redirectUri } = asked;
    this.pages.signOutConfirmation(reply, {
      action: CONFIRM_PATH,
      fields: this.fieldsOf(asked, session, request, reply),
      client,
      redirectUri,
    });
  }

  /**
   * The answer of the confirmation page.
   * @param token its anti-CSRF token
   * @throws PageError for a form that did not come from this browser's page about this session
   * @throws TemporarilyUnavailableError as {@link handle}
   */
  async confirm(
    asked: LogoutRequest,
    token: string | null,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<void> {
    const session = await this.sessions.find(request);
    if (session === null) return this.finish(asked, reply);
    if (!this.browsers.isFormToken(request, contextOf(session), token)) {
      throw new PageError(
        403,
        'invalid_request',
        'This page is out of date. Go back, load it again and sign out there.',
        'a sign-out was posted without the token of its page',
      );
    }
    await this.signOut(session, asked, request, reply);
  }

  private async signOut(
    session: Session,
    asked: LogoutRequest,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<void> {
    await this.sessions.end(session.sid, SIGNED_OUT, originOf(request));
    this.finish(asked, reply);
  }

  private finish({ redirectUri, state }: LogoutRequest, reply: FastifyReply): void {
    this.sessions.forget(reply);
    if (redirectUri === null) return this.pages.signedOut(reply);
    void reply
      .status(303)
      .header('location', withState(redirectUri, state))
      .header('cache-control', 'no-store')
      .header('referrer-policy', 'no-referrer')
      .send();
  }

  private fieldsOf(
    { client, redirectUri, state }: LogoutRequest,
    session: Session,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Record<string, string> {
    const target = {
      client_id: client?.clientId,
      post_logout_redirect_uri: redirectUri,
      state,
    };
    const known = Object.entries(target).filter((entry): entry is [string, string] => !!entry[1]);
    return {
      ...Object.fromEntries(known),
      form_token: this.browsers.formToken(request, reply, contextOf(session)),
    };
  }
}

function isFor(hint: IdTokenHint | null, { sid, accountId }: Session): boolean {
  return hint !== null && hint.sid === sid && hint.subject === accountId;
}

// The session that the page was about: nobody signs out whoever signed in in another tab since.
function contextOf({ sid }: Session): string {
  return `sign-out ${sid}`;
}

// Appended to what was registered, which is not written in another way for it.
function withState(redirectUri: string, state: string | null): string {
  if (state === null) return redirectUri;
  return `${redirectUri}${redirectUri.includes('?') ? '&' : '?'}state=${encodeURIComponent(state)}`;
}
