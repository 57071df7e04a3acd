/** The port behind which a backend keeps the sessions of its browsers. */
import { type BrowserSession, type SessionOwner, type StoredSession } from './browser-session.js';

/** The store cannot answer: 503, never "signed out". */
export class BffStoreUnavailableError extends Error {
  override readonly name = 'BffStoreUnavailableError';
}

/**
 * Sessions by key, which is the SHA-256 of what the browser's cookie holds: who reads the store can
 * sign in as nobody. Every verb is atomic, also over the processes that share the store, and throws
 * {@link BffStoreUnavailableError} where it cannot be carried out.
 */
export abstract class BrowserSessionStore {
  /**
   * Keeps a session under a new key.
   * @param idleMs after how long without `find` it is forgotten; at `endsAtMs` it is in any case
   */
  abstract open(key: string, session: BrowserSession, idleMs: number): Promise<void>;

  /** The session, which thereby is in use for another `idleMs`; null: ended, forgotten, never there. */
  abstract find(key: string, idleMs: number): Promise<StoredSession | null>;

  /**
   * Puts `session` in the place of the state with this version.
   * @returns false where the session has another version by now, or has ended: nothing was written
   */
  abstract replace(key: string, version: number, session: BrowserSession): Promise<boolean>;

  /** Ends a session; bears repetition. */
  abstract close(key: string): Promise<void>;

  /** Ends every session of a sign-in, or of a person. A session that is just opened ends as well. */
  abstract closeOf(owner: SessionOwner): Promise<void>;

  /**
   * Claims the right to renew a session's tokens, for at most `lifetimeMs`.
   * @param holder a random name of who asks
   * @returns false while somebody else has it
   */
  abstract lock(key: string, holder: string, lifetimeMs: number): Promise<boolean>;

  /** Gives the right back, where `holder` still has it. */
  abstract unlock(key: string, holder: string): Promise<void>;
}
