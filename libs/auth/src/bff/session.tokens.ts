/** Gives the access token of a session, renewed ahead and by one asker at a time. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type BffSettings } from './bff.settings.js';
import { type BrowserSession, type HeldAccessToken } from './browser-session.js';
import { type IssuedTokens, type RelyingParty } from './relying.party.js';
import { RefreshRefusedError } from './relying-party.errors.js';

/** Why there is no session any more, in a word for the page. */
export type SessionEnd = 'signed_out' | 'refused_by_issuer';

/** The session is over: the person has to sign in again. */
export class SessionEndedError extends Error {
  override readonly name = 'SessionEndedError';

  constructor(readonly reason: SessionEnd) {
    super(`the session is over: ${reason}`);
  }
}

/** Longer than the two attempts of a refresh may take. */
const LOCK_MS = 12_000;
const LOCK_POLL_MS = 40;

// Where an issuer does not say how long a token lives.
const DEFAULT_SECONDS = 60;

export class SessionTokens {
  /** Renewals under way in this process, by session and resource. */
  readonly #renewals = new Map<string, Promise<string>>();

  constructor(
    private readonly settings: BffSettings,
    private readonly relyingParty: RelyingParty,
  ) {}

  /**
   * @param key of the session; `session` is its state, just found
   * @param resource empty: a token without one
   * @param refused a token that the service did not take, though its time is not over
   * @throws SessionEndedError
   * @throws IssuerUnavailableError where the token is over and no new one can be had now
   * @throws BffStoreUnavailableError
   */
  async accessToken(
    key: string,
    session: BrowserSession,
    resource: string,
    refused?: string,
  ): Promise<string> {
    // Without a refresh token there is the one that came with the sign-in, and never another.
    const name = session.refreshToken === undefined ? '' : resource;
    const held = session.accessTokens[name];
    if (held === undefined || !isGood(held, refused)) return this.#renewed(key, resource, refused);
    // Behind the request; a failure is met when the token is over.
    if (session.refreshToken !== undefined && Date.now() >= held.renewAtMs) {
      void this.#renewed(key, resource).catch(() => undefined);
    }
    return held.value;
  }

  #renewed(key: string, resource: string, refused?: string): Promise<string> {
    const name = `${key} ${resource}`;
    let renewal = this.#renewals.get(name);
    if (renewal === undefined) {
      renewal = this.#renew(key, resource, refused).finally(() => this.#renewals.delete(name));
      this.#renewals.set(name, renewal);
    }
    return renewal;
  }

  /**
   * One process at a time by the lock of the store. Should two come through, because one was silent for
   * long, the issuer answers both with the same refresh token and one of them is kept.
   */
  async #renew(key: string, resource: string, refused: string | undefined): Promise<string> {
    const { sessions } = this.settings.stores;
    const holder = randomUUID();
    const giveUpAtMs = Date.now() + LOCK_MS;
    while (!(await sessions.lock(key, holder, LOCK_MS)) && Date.now() < giveUpAtMs) {
      await sleep(LOCK_POLL_MS);
    }
    try {
      return await this.#renewLocked(key, resource, refused);
    } finally {
      // It runs out by itself.
      await sessions.unlock(key, holder).catch(() => undefined);
    }
  }

  async #renewLocked(key: string, resource: string, refused: string | undefined): Promise<string> {
    const { stores, idleMs } = this.settings;
    const found = await stores.sessions.find(key, idleMs);
    if (found === null) throw new SessionEndedError('signed_out');
    const { session, version } = found;
    const held = session.accessTokens[resource];
    if (held !== undefined && isGood(held, refused) && Date.now() < held.renewAtMs) {
      return held.value;
    }
    const tokens = await this.#refresh(key, session, resource);
    const next = withTokens(session, resource, tokens);
    if (await stores.sessions.replace(key, version, next)) return tokens.accessToken;
    const now = await stores.sessions.find(key, idleMs);
    if (now === null) throw new SessionEndedError('signed_out');
    return now.session.accessTokens[resource]?.value ?? tokens.accessToken;
  }

  async #refresh(key: string, session: BrowserSession, resource: string): Promise<IssuedTokens> {
    try {
      return await this.relyingParty.refresh(session, resource);
    } catch (error) {
      if (!(error instanceof RefreshRefusedError)) throw error;
      await this.settings.stores.sessions.close(key);
      throw new SessionEndedError('refused_by_issuer');
    }
  }
}

/** The session with the tokens of one more answer. */
export function withTokens(
  session: BrowserSession,
  resource: string,
  { accessToken, refreshToken, expiresInSeconds = DEFAULT_SECONDS }: IssuedTokens,
): BrowserSession {
  const nowMs = Date.now();
  const lifetimeMs = expiresInSeconds * 1000;
  const held: HeldAccessToken = {
    value: accessToken,
    renewAtMs: nowMs + lifetimeMs * 0.8,
    // On its way to the service it must not grow too old.
    expiresAtMs: nowMs + lifetimeMs - Math.min(5000, lifetimeMs * 0.1),
  };
  return {
    ...session,
    refreshToken: refreshToken ?? session.refreshToken,
    accessTokens: { ...session.accessTokens, [resource]: held },
  };
}

function isGood({ value, expiresAtMs }: HeldAccessToken, refused: string | undefined): boolean {
  return value !== refused && Date.now() < expiresAtMs;
}
