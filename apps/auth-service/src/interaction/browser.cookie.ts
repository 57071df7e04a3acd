/** Recognises a browser before anyone signed in: binds an interaction to it, and a form to a page. */
import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { serverConfig, type ServerConfig } from '../config/server.config.js';
import { type Cookie, hostCookie, readCookie, writeCookie } from '../http/cookie.js';
import { isSameOriginPost } from '../http/same-origin.js';

const VALUE_BYTES = 32;

// 32 bytes in canonical base64url: the last character has two spare bits.
const VALUE = /^[\w-]{42}[AEIMQUYcgkosw048]$/;

// Keeps these tokens apart from whatever else the value may key one day.
const FORM_TOKEN_LABEL = 'keyward/form/1\0';
const SECRET_LABEL = 'keyward/browser-secret/1\0';

/** Cookie and anti-CSRF tokens; the cookie says nothing about who sits there. */
@Injectable()
export class BrowserCookie {
  private readonly cookie: Cookie;
  private readonly origin: string;
  // A request that is answered with a new cookie must be told the same one twice.
  private readonly given = new WeakMap<FastifyRequest, string>();

  constructor(@Inject(serverConfig.KEY) config: ServerConfig) {
    this.cookie = hostCookie('keyward-browser', config);
    this.origin = config.issuer;
  }

  /** The SHA-256 of the browser's cookie, base64url, or null where it has none. */
  find(request: FastifyRequest): string | null {
    const value = this.valueOf(request);
    return value === null ? null : fingerprint(value);
  }

  /** The same, giving the browser a cookie where it has none. */
  ensure(request: FastifyRequest, reply: FastifyReply): string {
    return fingerprint(this.ensureValue(request, reply));
  }

  /**
   * The token that a form on one page carries: an HMAC under the cookie's value.
   * @param context names the form and what it acts on
   */
  formToken(request: FastifyRequest, reply: FastifyReply, context: string): string {
    return sign(this.ensureValue(request, reply), FORM_TOKEN_LABEL, context).toString('base64url');
  }

  /**
   * Whether a posted form came from that page in this browser; constant time. False too for a post
   * that the browser says comes from another origin, whatever token it carries.
   */
  isFormToken(request: FastifyRequest, context: string, token: string | null): boolean {
    const value = this.valueOf(request);
    if (value === null || token === null || !isSameOriginPost(request, this.origin)) return false;
    const expected = Buffer.from(sign(value, FORM_TOKEN_LABEL, context).toString('base64url'));
    const presented = Buffer.from(token);
    return presented.length === expected.length && timingSafeEqual(presented, expected);
  }

  /**
   * A secret that only this browser's requests bring back, so that nothing of it has to be kept.
   * @param purpose names what it is for; another one gives another secret
   * @returns 256 bits, base64url; null where the browser has no cookie
   */
  secretFor(request: FastifyRequest, purpose: string): string | null {
    const value = this.valueOf(request);
    return value === null ? null : sign(value, SECRET_LABEL, purpose).toString('base64url');
  }

  private valueOf(request: FastifyRequest): string | null {
    const value = this.given.get(request) ?? readCookie(request, this.cookie);
    return value !== null && VALUE.test(value) ? value : null;
  }

  private ensureValue(request: FastifyRequest, reply: FastifyReply): string {
    const known = this.valueOf(request);
    if (known !== null) return known;
    const value = randomBytes(VALUE_BYTES).toString('base64url');
    this.given.set(request, value);
    writeCookie(reply, this.cookie, value);
    return value;
  }
}

function fingerprint(value: string): string {
  return createHash('sha256').update(value).digest('base64url');
}

function sign(value: string, label: string, context: string): Buffer {
  return createHmac('sha256', value).update(`${label}${context}`).digest();
}
