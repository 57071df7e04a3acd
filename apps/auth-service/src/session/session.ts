/** One signed-in browser. */

/** A sign-in session. Its cookie's value is known to the browser alone. */
export interface Session {
  /** The public name, in ID tokens and logout tokens; worth nothing as a cookie. */
  readonly sid: string;
  readonly accountId: string;
  /** When the person last proved who they are; `auth_time`. */
  readonly authenticatedAt: Date;
  readonly acr: string;
  readonly amr: readonly string[];
  /** When it ends unless it is used before. */
  readonly idleExpiresAt: Date;
  /** When it ends in any case. */
  readonly expiresAt: Date;
}

/** A session that is over. */
export interface EndedSession {
  readonly sid: string;
  readonly accountId: string;
  readonly reason: string;
}
