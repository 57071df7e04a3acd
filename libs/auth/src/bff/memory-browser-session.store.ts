/** The sessions of browsers in this process: for one backend, and gone when it ends. */
import { type BrowserSession, type SessionOwner, type StoredSession } from './browser-session.js';
import { BffStoreUnavailableError, BrowserSessionStore } from './browser-session.store.js';

interface Entry extends StoredSession {
  readonly idleUntilMs: number;
}

/** Sessions that are kept at most, unless told otherwise: about 500 MB. */
const MAX_SESSIONS = 100_000;

/** Bounded: once it is full nobody else can sign in, and the answer is 503. */
export class MemoryBrowserSessionStore extends BrowserSessionStore {
  readonly #entries = new Map<string, Entry>();
  readonly #locks = new Map<string, { readonly holder: string; readonly untilMs: number }>();

  /** @param clock milliseconds since the epoch */
  constructor(
    private readonly maxSessions = MAX_SESSIONS,
    private readonly clock: () => number = Date.now,
  ) {
    super();
  }

  override async open(key: string, session: BrowserSession, idleMs: number): Promise<void> {
    if (this.#entries.size >= this.maxSessions) this.#forgetEnded();
    if (this.#entries.size >= this.maxSessions) {
      throw new BffStoreUnavailableError(`more than ${this.maxSessions} sessions: use Redis`);
    }
    this.#entries.set(key, { session, version: 1, idleUntilMs: this.clock() + idleMs });
  }

  override async find(key: string, idleMs: number): Promise<StoredSession | null> {
    const entry = this.#live(key);
    if (entry === undefined) return null;
    this.#entries.set(key, { ...entry, idleUntilMs: this.clock() + idleMs });
    return { session: entry.session, version: entry.version };
  }

  override async replace(key: string, version: number, session: BrowserSession): Promise<boolean> {
    const entry = this.#live(key);
    if (entry?.version !== version) return false;
    this.#entries.set(key, { ...entry, session, version: version + 1 });
    return true;
  }

  override async close(key: string): Promise<void> {
    this.#entries.delete(key);
  }

  override async closeOf(owner: SessionOwner): Promise<void> {
    for (const [key, { session }] of this.#entries) {
      const isTheirs =
        'sid' in owner ? session.sid === owner.sid : session.subject === owner.subject;
      if (isTheirs) this.#entries.delete(key);
    }
  }

  override async lock(key: string, holder: string, lifetimeMs: number): Promise<boolean> {
    const nowMs = this.clock();
    const lock = this.#locks.get(key);
    if (lock !== undefined && lock.untilMs > nowMs) return false;
    this.#locks.set(key, { holder, untilMs: nowMs + lifetimeMs });
    return true;
  }

  override async unlock(key: string, holder: string): Promise<void> {
    if (this.#locks.get(key)?.holder === holder) this.#locks.delete(key);
  }

  #live(key: string): Entry | undefined {
    const entry = this.#entries.get(key);
    return entry === undefined || hasEnded(entry, this.clock()) ? undefined : entry;
  }

  #forgetEnded(): void {
    const nowMs = this.clock();
    for (const [key, entry] of this.#entries) {
      if (hasEnded(entry, nowMs)) this.#entries.delete(key);
    }
  }
}

function hasEnded({ idleUntilMs, session }: Entry, nowMs: number): boolean {
  return nowMs >= idleUntilMs || nowMs >= session.endsAtMs;
}
