/** Recognises a browser before anyone signed in: binds an interaction to it, and a form to a page. */
import { type FastifyReply, type FastifyRequest } from 'fastify';

/** Cookie and anti-CSRF tokens; the cookie says nothing about who sits there. */
export abstract class BrowserCookie {
  /** The SHA-256 of the browser's cookie, base64url, or null where it has none. */
  abstract find(request: FastifyRequest): string | null;

  /** The same, giving the browser a cookie where it has none. */
  abstract ensure(request: FastifyRequest, reply: FastifyReply): string;

  /**
   * The token that a form on one page carries: an HMAC under the cookie's value.
   * @param context names the form and what it acts on
   */
  abstract formToken(request: FastifyRequest, reply: FastifyReply, context: string): string;

  /** Whether a posted form came from that page in this browser; constant time. */
  abstract isFormToken(request: FastifyRequest, context: string, token: string | null): boolean;
}
