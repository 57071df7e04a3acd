/** Holds a verified token against what its issuer revoked, and against how far that is known. */
import { RefusedTokenError, RevocationsUnavailableError, shown } from '../access-token/refusal.js';
import { type RevocationEvent } from '@keyward/oauth';
import { type KeySource } from '../jwks/key-source.js';
import { type RevocationFeed, type RevocationFeedState } from './revocation.feed.js';
import { type RevocationOptions, type StalePolicy } from './revocation.options.js';
import { type RevocableToken } from './revoked-set.js';
import { type TokenStatus } from './token.status.js';

/** While the feed is stale, each request is answered on its own; its client may come back soon. */
const RETRY_AFTER_SECONDS = 5;

/** The state of a feed, as one trust sees it. */
export interface TrustRevocationState extends RevocationFeedState {
  /** Whether it is older than the trust allows. */
  readonly stale: boolean;
}

/** The revocations of one trust. */
export class TrustRevocation {
  readonly #feed: RevocationFeed;
  readonly #maxStalenessMs: number;
  readonly #whenStale: StalePolicy;
  readonly #introspection: TokenStatus | undefined;

  /**
   * @param keys those of the trust: a revoked one is dropped at once
   * @throws TypeError for options that could not protect anything
   */
  constructor(
    private readonly issuer: string,
    { feed, maxStalenessSeconds = 60, whenStale = 'accept', introspection }: RevocationOptions,
    keys: KeySource,
  ) {
    if (!Number.isFinite(maxStalenessSeconds) || maxStalenessSeconds <= 0) {
      throw new TypeError(`trust ${issuer}: maxStalenessSeconds is not a positive number`);
    }
    if (!['accept', 'introspect', 'reject'].includes(whenStale)) {
      throw new TypeError(`trust ${issuer}: whenStale is accept, introspect or reject`);
    }
    if (whenStale === 'introspect' && introspection === undefined) {
      throw new TypeError(
        `trust ${issuer}: whenStale 'introspect' needs \`introspection\`, which asks the issuer ` +
          "about a token; give it, or choose 'reject' or 'accept'",
      );
    }
    this.#feed = feed;
    this.#maxStalenessMs = maxStalenessSeconds * 1000;
    this.#whenStale = whenStale;
    this.#introspection = introspection;
    feed.subscribe(({ kind, value }) => {
      if (kind === 'kid') keys.revoke(value);
    });
  }

  /** Starts the feed. */
  start(): void {
    this.#feed.start();
  }

  /** Stops the feed. */
  stop(): Promise<void> {
    return this.#feed.stop();
  }

  /**
   * Calls `listener` with every revocation as it comes, replayed ones too.
   * @returns ends that
   */
  onRevoked(listener: (event: RevocationEvent) => void): () => void {
    return this.#feed.subscribe(listener);
  }

  /** The state of the feed, and whether it is older than the trust allows. */
  state(nowMs: number): TrustRevocationState {
    return { ...this.#feed.state(), stale: this.#feed.isStale(this.#maxStalenessMs, nowMs) };
  }

  /**
   * Whether the token was not revoked, as far as is known.
   *
   * @param token as the issuer knows it; a function is called only where the issuer has to be asked
   * @returns undefined; a promise only where the issuer has to be asked
   * @throws RefusedTokenError for a token that was revoked
   * @throws RevocationsUnavailableError where it cannot be known and the trust wants to
   */
  check(
    token: string | (() => string),
    claims: RevocableToken,
    kid: string | undefined,
    nowMs: number,
  ): Promise<void> | undefined {
    const revoked = this.#feed.find(claims, kid);
    if (revoked !== undefined) throw this.#revoked(`its ${revoked}`);
    if (this.#whenStale === 'accept') return undefined;
    if (!this.#feed.isStale(this.#maxStalenessMs, nowMs)) return undefined;
    const introspection = this.#whenStale === 'introspect' ? this.#introspection : undefined;
    if (introspection === undefined) throw this.#unavailable(this.#describeFeed());
    return this.#ask(introspection, typeof token === 'string' ? token : token());
  }

  async #ask(introspection: TokenStatus, token: string): Promise<void> {
    let active: boolean;
    try {
      active = await introspection.isActive(token);
    } catch (error) {
      throw this.#unavailable(error instanceof Error ? error.message : String(error));
    }
    if (!active) throw this.#revoked('the issuer calls it inactive');
  }

  #describeFeed(): string {
    const { replayed, ageSeconds, overfull, lastFailure } = this.#feed.state();
    if (overfull) return 'the feed has too many entries';
    const age = ageSeconds === undefined ? 'never heard' : `${Math.round(ageSeconds)} s old`;
    return `the feed is ${replayed ? age : 'not replayed'}: ${lastFailure ?? 'silent'}`;
  }

  #revoked(what: string): RefusedTokenError {
    return new RefusedTokenError('revocation', 'revoked', shown(what).slice(1, -1), this.issuer);
  }

  #unavailable(detail: string): RevocationsUnavailableError {
    return new RevocationsUnavailableError(this.issuer, detail, RETRY_AFTER_SECONDS);
  }
}
