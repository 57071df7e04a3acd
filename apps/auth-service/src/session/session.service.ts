/** The sign-in session of a browser: found by its cookie, started at sign-in, ended at sign-out. */
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { Inject, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { AuditTrail } from '../audit/audit.trail.js';
import { serverConfig, type ServerConfig } from '../config/server.config.js';
import { sessionConfig, type SessionConfig } from '../config/session.config.js';
import { clearCookie, type Cookie, hostCookie, readCookie, writeCookie } from '../http/cookie.js';
import { originOf, type RequestOrigin } from '../http/request.origin.js';
import { SessionClock } from './session.clock.js';
import { SessionRecord, type SignInBasis } from './session.record.js';
import { SessionReader } from './session.reader.js';
import { SessionRelay } from './session.relay.js';
import { type EndedSession, type Session } from './session.js';

/** A sign-in that just succeeded. */
export interface SignIn {
  readonly accountId: string;
  readonly acr: string;
  readonly amr: readonly string[];
  readonly basis: SignInBasis;
}

const COOKIE_BYTES = 32;
// 32 bytes in canonical base64url: the last character has two spare bits.
const COOKIE_VALUE = /^[\w-]{42}[AEIMQUYcgkosw048]$/;
const MAX_USER_AGENT_LENGTH = 300;

@Injectable()
export class SessionService implements OnApplicationBootstrap {
  private readonly logger = new Logger(SessionService.name);
  private readonly cookie: Cookie;

  constructor(
    private readonly record: SessionRecord,
    private readonly reader: SessionReader,
    private readonly relay: SessionRelay,
    private readonly audit: AuditTrail,
    private readonly clock: SessionClock,
    @Inject(serverConfig.KEY) private readonly server: ServerConfig,
    @Inject(sessionConfig.KEY) private readonly config: SessionConfig,
  ) {
    this.cookie = hostCookie('keyward-session', server);
  }

  onApplicationBootstrap(): void {
    if (!this.server.issuer.startsWith('http:')) return;
    this.logger.warn('the issuer is http: its cookies go without Secure and the __Host- prefix');
  }

  /**
   * The live session of the browser that sent this request; its idle time begins anew.
   * @returns null for no cookie, an unknown one, and a session that ended or expired
   * @throws TemporarilyUnavailableError where it cannot be known
   */
  async find(request: FastifyRequest): Promise<Session | null> {
    const cookieSha256 = this.cookieOf(request);
    return cookieSha256 === null ? null : this.reader.find(cookieSha256);
  }

  /**
   * Signs the browser in, with a cookie value that nobody has seen before. A live session of the
   * same account goes on under its `sid`; one of another account is ended.
   *
   * @returns null where every sign-in of the account was ended, or it was disabled, since the proofs:
   *   nobody is signed in then
   * @throws TemporarilyUnavailableError where it cannot be recorded; nobody is signed in then
   * @see OWASP ASVS 5.0 section 7.2.4: no cookie survives a sign-in, so none can be fixed before it
   */
  async start(
    signIn: SignIn,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<Session | null> {
    const value = randomBytes(COOKIE_BYTES).toString('base64url');
    const formerCookieSha256 = this.cookieOf(request);
    const started = await this.record.start({
      basis: signIn.basis,
      session: this.sessionOf(signIn),
      cookieSha256: sha256(value),
      formerCookieSha256,
      userAgent: request.headers['user-agent']?.slice(0, MAX_USER_AGENT_LENGTH) ?? null,
      address: originOf(request).address || null,
      now: this.clock.now(),
    });
    if (started === null) {
      const { accountId } = signIn;
      const type = 'session.refused';
      const reason = 'sign_in_outdated';
      this.audit.record({ origin: originOf(request), type, outcome: 'failure', reason, accountId });
      return null;
    }
    const { session, ended } = started;
    if (formerCookieSha256 !== null) await this.relay.removeCopy(formerCookieSha256);
    if (ended !== null) await this.afterEnd(ended, originOf(request));
    writeCookie(reply, this.cookie, value);
    return session;
  }

  /**
   * Ends a session: its grants without `offline_access` are revoked, and its clients are told by
   * back-channel logout. Idempotent. What cannot be done at once after the record has it is done as
   * soon as possible.
   *
   * @param reason for the audit
   * @throws TemporarilyUnavailableError where it cannot be recorded
   */
  async end(sid: string, reason: string, origin: RequestOrigin): Promise<void> {
    const ended = await this.record.end(sid, reason, this.clock.now());
    if (ended === null) return;
    await Promise.all([this.relay.removeCopy(ended.cookieSha256), this.afterEnd(ended, origin)]);
  }

  /** Removes the cookie from the browser. */
  forget(reply: FastifyReply): void {
    clearCookie(reply, this.cookie);
  }

  private async afterEnd(ended: EndedSession, origin: RequestOrigin): Promise<void> {
    const { sid, accountId, reason } = ended;
    const type = 'session.ended';
    this.audit.record({ origin, type, outcome: 'success', reason, accountId, sid });
    await this.relay.settle(ended);
  }

  private sessionOf({ accountId, acr, amr }: SignIn): Session {
    const authenticatedAt = this.clock.now();
    const { idleSeconds, absoluteSeconds } = this.config;
    const inSeconds = (seconds: number) => new Date(authenticatedAt.getTime() + seconds * 1000);
    return {
      sid: randomUUID(),
      accountId,
      authenticatedAt,
      acr,
      amr,
      idleExpiresAt: inSeconds(Math.min(idleSeconds, absoluteSeconds)),
      expiresAt: inSeconds(absoluteSeconds),
    };
  }

  private cookieOf(request: FastifyRequest): Buffer | null {
    const value = readCookie(request, this.cookie);
    return value !== null && COOKIE_VALUE.test(value) ? sha256(value) : null;
  }
}

function sha256(value: string): Buffer {
  return createHash('sha256').update(value).digest();
}
