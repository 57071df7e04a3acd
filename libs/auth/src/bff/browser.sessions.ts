/** Finds, opens and closes the session that a request's cookie names. */
import { type IncomingMessage } from 'node:http';
import { keyOf, NameCookie, newName } from './bff.cookies.js';
import { type BffSettings } from './bff.settings.js';
import { type BrowserSession, type StoredSession } from './browser-session.js';

/** A session with its key. */
export interface FoundSession extends StoredSession {
  readonly key: string;
}

export class BrowserSessions {
  readonly #cookie: NameCookie;

  constructor(private readonly settings: BffSettings) {
    const sameSite = settings.sameSite === 'lax' ? 'Lax' : 'Strict';
    this.#cookie = new NameCookie('bff-session', settings, sameSite, settings.absoluteMs / 1000);
  }

  /** @throws BffStoreUnavailableError where it cannot be told */
  async find(request: IncomingMessage): Promise<FoundSession | null> {
    const name = this.#cookie.read(request);
    if (name === undefined) return null;
    const key = keyOf(name);
    const found = await this.settings.stores.sessions.find(key, this.settings.idleMs);
    return found && { ...found, key };
  }

  /** Whether the browser believes that it has a session. */
  isNamed(request: IncomingMessage): boolean {
    return this.#cookie.read(request) !== undefined;
  }

  /** Under which key a request's session is, if there is one. */
  keyIn(request: IncomingMessage): string | undefined {
    const name = this.#cookie.read(request);
    return name && keyOf(name);
  }

  /**
   * Opens a session under a new name, so that nobody can have known it before.
   * @returns the Set-Cookie line
   */
  async open(session: BrowserSession): Promise<string> {
    const name = newName();
    const { stores, idleMs } = this.settings;
    await stores.sessions.open(keyOf(name), session, idleMs);
    return this.#cookie.set(name);
  }

  /** The Set-Cookie line of a browser without a session. */
  get cleared(): string {
    return this.#cookie.clear();
  }
}
