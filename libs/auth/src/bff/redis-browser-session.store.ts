/** The sessions of browsers in Redis, encrypted: for the replicas of a backend. */
import { createHash } from 'node:crypto';
import { type BrowserSession, type SessionOwner, type StoredSession } from './browser-session.js';
import { BffStoreUnavailableError, BrowserSessionStore } from './browser-session.store.js';
import { type RedisBffOptions, RedisCommands } from './redis.commands.js';
import {
  CLOSE,
  FIND,
  FORGET_OWNED,
  IS_OWNED,
  LOCK,
  OPEN,
  OWN,
  REPLACE,
  UNLOCK,
} from './redis-browser-session.scripts.js';

/**
 * A session is a hash; beside it stands, for its `sid` and for its subject, a sorted set of the keys
 * of sessions. What a set names may be gone; a session that no set names is never left behind.
 */
export class RedisBrowserSessionStore extends BrowserSessionStore {
  readonly #redis: RedisCommands;

  /** @throws TypeError for keys that cannot be used */
  constructor(options: RedisBffOptions) {
    super();
    this.#redis = new RedisCommands(options);
  }

  override async open(key: string, session: BrowserSession, idleMs: number): Promise<void> {
    const place = placeOf(key);
    const owners = ownersOf(session);
    for (const owner of owners) await this.#redis.run(OWN, owner, key, session.endsAtMs);
    const sealed = this.#redis.keys.seal(JSON.stringify(session), place);
    await this.#redis.run(OPEN, place, sealed, session.endsAtMs, idleMs);
    // Whoever ended the sign-in meanwhile took the name away, and may have come before the session.
    for (const owner of owners) {
      if ((await this.#redis.run(IS_OWNED, owner, key)) !== null) continue;
      await this.#redis.run(CLOSE, place);
      return;
    }
  }

  override async find(key: string, idleMs: number): Promise<StoredSession | null> {
    const place = placeOf(key);
    const found = await this.#redis.run(FIND, place, idleMs);
    if (!Array.isArray(found)) return null;
    const [version, sealed] = found as [string, string];
    const text = this.#redis.keys.open(sealed, place);
    // Only a configuration that lacks the key can be the reason, or somebody who writes in our Redis.
    if (text === null) throw new BffStoreUnavailableError('a session cannot be decrypted');
    return { session: JSON.parse(text) as BrowserSession, version: Number(version) };
  }

  override async replace(key: string, version: number, session: BrowserSession): Promise<boolean> {
    const place = placeOf(key);
    const sealed = this.#redis.keys.seal(JSON.stringify(session), place);
    return (await this.#redis.run(REPLACE, place, version, sealed)) === 1;
  }

  override async close(key: string): Promise<void> {
    await this.#redis.run(CLOSE, placeOf(key));
  }

  override async closeOf(owner: SessionOwner): Promise<void> {
    const name = 'sid' in owner ? nameOf('sid', owner.sid) : nameOf('sub', owner.subject);
    const keys = (await this.#redis.run(FORGET_OWNED, name)) as string[];
    for (const key of keys) await this.close(key);
  }

  override async lock(key: string, holder: string, lifetimeMs: number): Promise<boolean> {
    return (await this.#redis.run(LOCK, `lock:${key}`, holder, lifetimeMs)) !== null;
  }

  override async unlock(key: string, holder: string): Promise<void> {
    await this.#redis.run(UNLOCK, `lock:${key}`, holder);
  }
}

function placeOf(key: string): string {
  return `session:${key}`;
}

function ownersOf({ sid, subject }: BrowserSession): string[] {
  return [nameOf('sub', subject), ...(sid === undefined ? [] : [nameOf('sid', sid)])];
}

/** Hashed: who reads the names of keys learns of no person. */
function nameOf(kind: 'sid' | 'sub', value: string): string {
  return `${kind}:${createHash('sha256').update(value).digest('base64url')}`;
}
