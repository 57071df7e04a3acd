/** Tokens that passed every check, so that the next request with one need not check them again. */
import { hash } from 'node:crypto';
import { type VerificationKey } from '../jws/verification-key.js';
import { type Principal } from '../principal/principal.js';
import { type Trust } from '../trust/trust.js';
import { type RegisteredClaims } from './registered-claims.js';

/** A token that passed: what it said, and what has to be asked again at every use. */
export interface VerifiedToken {
  readonly principal: Principal;
  readonly trust: Trust;
  readonly key: VerificationKey;
  readonly kid: string | undefined;
  readonly times: RegisteredClaims;
}

/** Counters since the start; for metrics. */
export interface CacheStatistics {
  readonly entries: number;
  readonly hits: number;
  readonly misses: number;
  readonly evictions: number;
}

/**
 * A bounded cache that drops what was used least recently. One belongs to one verifier, whose
 * trusts are fixed, so an entry can never be met under other rules. It knows tokens by their
 * SHA-256 only: a heap dump of it holds nothing that could be presented.
 */
export class VerifiedTokenCache {
  readonly #entries = new Map<string, VerifiedToken>();
  /**
   * Stands before the entry that was used least recently: a Map keeps the order of insertion, and
   * what is passed is dropped. A new iterator would walk over all that was ever dropped to get here.
   */
  #oldest = this.#entries.keys();
  #hits = 0;
  #misses = 0;
  #evictions = 0;

  /** @param maxEntries 0 keeps nothing */
  constructor(private readonly maxEntries: number) {
    if (!Number.isInteger(maxEntries) || maxEntries < 0) {
      throw new TypeError('maxCachedTokens is not a number of tokens');
    }
  }

  /** What a token is known by. */
  keyOf(token: string): string {
    // One character a byte: the cheapest text that Node makes of a digest.
    return hash('sha256', token, 'binary');
  }

  get(key: string): VerifiedToken | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) {
      this.#misses += 1;
      return undefined;
    }
    this.#hits += 1;
    // A Map keeps the order of insertion: taken out and put back, the entry is the newest.
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry;
  }

  set(key: string, entry: VerifiedToken): void {
    if (this.maxEntries === 0) return;
    if (this.#entries.size >= this.maxEntries && !this.#entries.has(key)) {
      this.#evict();
    }
    this.#entries.set(key, entry);
  }

  delete(key: string): void {
    this.#entries.delete(key);
  }

  #evict(): void {
    let next = this.#oldest.next();
    // An iterator that came to the end of the Map once stays there.
    if (next.done) next = (this.#oldest = this.#entries.keys()).next();
    if (!next.done && this.#entries.delete(next.value)) this.#evictions += 1;
  }

  statistics(): CacheStatistics {
    return {
      entries: this.#entries.size,
      hits: this.#hits,
      misses: this.#misses,
      evictions: this.#evictions,
    };
  }
}
