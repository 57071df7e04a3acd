/** The sign-in session of a browser: found by its cookie, started at sign-in, ended at sign-out. */
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { type Session } from './session.js';

/** A sign-in that just succeeded. */
export interface SignIn {
  readonly accountId: string;
  readonly acr: string;
  readonly amr: readonly string[];
}

export abstract class SessionService {
  /**
   * The live session of the browser that sent this request; its idle time begins anew.
   * @returns null for no cookie, an unknown one, and a session that ended or expired
   * @throws TemporarilyUnavailableError where it cannot be known
   */
  abstract find(request: FastifyRequest): Promise<Session | null>;

  /**
   * Signs the browser in, with a cookie value that nobody has seen before. A live session of the
   * same account goes on under its `sid`; one of another account is ended.
   *
   * @throws TemporarilyUnavailableError where it cannot be recorded; nobody is signed in then
   */
  abstract start(signIn: SignIn, request: FastifyRequest, reply: FastifyReply): Promise<Session>;

  /**
   * Ends a session: its grants without `offline_access` are revoked, and its clients are told by
   * back-channel logout. Idempotent.
   *
   * @param reason for the audit
   * @throws TemporarilyUnavailableError where it cannot be recorded
   */
  abstract end(sid: string, reason: string): Promise<void>;

  /** Removes the cookie from the browser. */
  abstract forget(reply: FastifyReply): void;
}
