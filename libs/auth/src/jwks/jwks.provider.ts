/** The keys of one issuer's JWK Set: fetched ahead, kept through outages, asked for sparingly. */
import { type AsymmetricAlgorithm } from '@keyward/oauth';
import { KeysUnavailableError } from '../access-token/refusal.js';
import { type VerificationKey } from '../jws/verification-key.js';
import { holdKeys, type HeldKeys } from './held-keys.js';
import { fetchJsonDocument } from './json-document.js';
import { importJwkSet, type IgnoredKey } from './jwk-set.js';
import { type JwksLocator } from './jwks-locator.js';
import { type ResolvedJwksOptions } from './jwks.options.js';
import { KeySource, type KeySourceState } from './key-source.js';
import { TokenBucket } from './token-bucket.js';
import { UnknownKids } from './unknown-kids.js';

/** Told of every fetch; for logs and metrics. */
export interface JwksObserver {
  keysFetched(issuer: string, keys: number, ignored: readonly IgnoredKey[]): void;
  keysFetchFailed(issuer: string, failure: string): void;
}

const MAXIMUM_RETRY_SECONDS = 60;

/**
 * A remote JWK Set. One fetch is under way at a time, whoever asks. Past 70 to 90% of its freshness
 * the set is renewed behind the requests; past all of it the next request waits for the renewal.
 * While the issuer cannot be reached, known keys go on being used, up to `maxStaleSeconds`. A kid
 * that is not in the set causes a fetch only as often as a token bucket allows.
 *
 * While there are keys, an unknown kid is refused even where the issuer could not be asked: its
 * tokens could be anyone's, and if they were answered by 503 anyone could make the service fail at
 * will. An issuer publishes a key before it signs with it, so no honest token is met by that. A set
 * without any usable key takes the known ones away, and counts as a failure: undecided, not refused.
 */
export class JwksProvider extends KeySource {
  #held: HeldKeys | undefined;
  #fetching: Promise<void> | undefined;
  /** Whether the fetch under way asks the issuer itself, past every cache. */
  #forced = false;
  #failures = 0;
  #lastFailure: string | undefined;
  #retryAtMs = -Infinity;
  /** Bounded by the issuer, which has few keys. */
  readonly #revokedKids = new Set<string>();
  readonly #unknownKids: UnknownKids;
  readonly #unknownKidFetches: TokenBucket;

  /** @param clock milliseconds since the epoch */
  constructor(
    private readonly issuer: string,
    private readonly locator: JwksLocator,
    private readonly algorithms: readonly AsymmetricAlgorithm[],
    private readonly options: ResolvedJwksOptions,
    private readonly observer: JwksObserver,
    private readonly clock: () => number,
  ) {
    super();
    const intervalMs = options.unknownKidIntervalSeconds * 1000;
    this.#unknownKids = new UnknownKids(intervalMs);
    this.#unknownKidFetches = new TokenBucket(options.unknownKidBurst, intervalMs);
  }

  current(kid: string | undefined, nowMs: number): VerificationKey | undefined {
    const held = this.#held;
    if (held === undefined || nowMs >= held.staleUntilMs) return undefined;
    // After a failure nobody waits for the next try: known keys serve, the try runs behind.
    if (nowMs >= held.freshUntilMs && this.#failures === 0) return undefined;
    if (nowMs >= held.refreshAtMs && nowMs >= this.#retryAtMs) void this.#fetch(false);
    return kid === undefined ? undefined : held.byKid.get(kid);
  }

  async resolve(kid: string | undefined): Promise<VerificationKey | undefined> {
    if (kid === undefined) return undefined;
    const held = await this.#usableKeys();
    const key = held.byKid.get(kid) ?? (await this.#keyUnderWay(kid));
    if (key !== undefined || !this.#mayAskFor(kid)) return key;
    await this.#fetch(true);
    const found = this.#held?.byKid.get(kid);
    if (found === undefined && this.#failures === 0) this.#unknownKids.add(kid, this.clock());
    return found;
  }

  state(nowMs: number): KeySourceState {
    const held = this.#held;
    const usable = held !== undefined && nowMs < held.staleUntilMs;
    return {
      status: !usable ? 'unavailable' : nowMs < held.freshUntilMs ? 'fresh' : 'stale',
      keys: usable ? held.byKid.size : 0,
      ...(held === undefined ? {} : { fetchedAtMs: held.fetchedAtMs }),
      ...(this.#lastFailure === undefined ? {} : { lastFailure: this.#lastFailure }),
    };
  }

  /** The set is fetched anew, past caches and past the token bucket: its successor is in there. */
  revoke(kid: string): void {
    if (this.#revokedKids.has(kid)) return;
    this.#revokedKids.add(kid);
    const held = this.#held;
    if (held !== undefined) this.#held = { ...held, byKid: this.#withoutRevoked(held.byKid) };
    void (this.#fetching ?? Promise.resolve()).then(() => this.#fetch(true));
  }

  override warmUp(): Promise<void> {
    return this.#fetch(false);
  }

  async #usableKeys(): Promise<HeldKeys> {
    const nowMs = this.clock();
    const due = this.#held === undefined || nowMs >= this.#held.freshUntilMs;
    if (due && nowMs >= this.#retryAtMs) await this.#fetch(false);
    const held = this.#held;
    if (held !== undefined && this.clock() < held.staleUntilMs) return held;
    const waitMs = Math.max(1000, this.#retryAtMs - this.clock());
    const why = this.#lastFailure ?? 'not fetched yet';
    throw new KeysUnavailableError(this.issuer, why, Math.ceil(waitMs / 1000));
  }

  /** A renewal may be answered by a cache on the way: it can bring a key, but never rule one out. */
  async #keyUnderWay(kid: string): Promise<VerificationKey | undefined> {
    if (this.#fetching === undefined || this.#forced) return undefined;
    await this.#fetching;
    return this.#held?.byKid.get(kid);
  }

  /** Whether an unknown kid may cause a fetch. Joining one that is under way is free. */
  #mayAskFor(kid: string): boolean {
    const nowMs = this.clock();
    if (this.#unknownKids.has(kid, nowMs)) return false;
    if (this.#fetching !== undefined) return true;
    return nowMs >= this.#retryAtMs && this.#unknownKidFetches.take(nowMs);
  }

  /** Never rejects: a failure is kept in the state, and whoever waits looks there. */
  #fetch(noCache: boolean): Promise<void> {
    if (this.#fetching !== undefined) return this.#fetching;
    this.#forced = noCache;
    this.#fetching = this.#replaceKeys(noCache).finally(() => {
      this.#fetching = undefined;
    });
    return this.#fetching;
  }

  async #replaceKeys(noCache: boolean): Promise<void> {
    const startedMs = this.clock();
    try {
      const { timeoutMs, maxBytes, fetch } = this.options;
      const limits = { timeoutMs, maxBytes, noCache, ...(fetch !== undefined && { fetch }) };
      const uri = await this.locator.locate(limits);
      const { body, maxAgeSeconds } = await fetchJsonDocument(uri, limits);
      const { keys, ignored } = importJwkSet(body, this.algorithms);
      const held = holdKeys(keys, this.#held, startedMs, maxAgeSeconds, this.options);
      // They are withdrawn, so none is used. But nobody signs without one: an outage, not a bad token.
      if (held.byKid.size === 0) {
        this.#held = undefined;
        throw new Error(`no usable key in ${uri}`);
      }
      // A cache on the way may still have the set in which the key was.
      this.#held = { ...held, byKid: this.#withoutRevoked(held.byKid) };
      this.#failures = 0;
      this.#lastFailure = undefined;
      this.#retryAtMs = -Infinity;
      this.observer.keysFetched(this.issuer, this.#held.byKid.size, ignored);
    } catch (error) {
      this.#failures += 1;
      this.#lastFailure = error instanceof Error ? error.message : String(error);
      this.#retryAtMs = this.clock() + this.#retryDelayMs();
      this.locator.forget();
      this.observer.keysFetchFailed(this.issuer, this.#lastFailure);
    }
  }

  #withoutRevoked(keys: ReadonlyMap<string, VerificationKey>) {
    if (this.#revokedKids.size === 0) return keys;
    return new Map([...keys].filter(([kid]) => !this.#revokedKids.has(kid)));
  }

  #retryDelayMs(): number {
    const seconds = this.options.retrySeconds * 2 ** Math.min(this.#failures - 1, 10);
    return Math.min(MAXIMUM_RETRY_SECONDS, seconds) * 1000 * (0.75 + 0.5 * Math.random());
  }
}
