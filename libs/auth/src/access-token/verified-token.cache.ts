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

/** An entry and its neighbours in the order of use. */
interface Link {
  readonly key: string;
  entry: VerifiedToken | undefined;
  newer: Link;
  older: Link;
}

/**
 * A bounded cache that drops what was used least recently. One belongs to one verifier, whose
 * trusts are fixed, so an entry can never be met under other rules. It knows tokens by their
 * SHA-256 only: a heap dump of it holds nothing that could be presented.
 *
 * The order is a ring of links: a hit moves pointers and leaves the Map alone, which would otherwise
 * be rehashed over and over.
 */
export class VerifiedTokenCache {
  readonly #links = new Map<string, Link>();
  /** Stands between the newest and the oldest entry. */
  readonly #ring = createRing();
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
    const link = this.#links.get(key);
    if (link === undefined) {
      this.#misses += 1;
      return undefined;
    }
    this.#hits += 1;
    if (this.#ring.older !== link) {
      unlink(link);
      this.#linkAsNewest(link);
    }
    return link.entry;
  }

  set(key: string, entry: VerifiedToken): void {
    const known = this.#links.get(key);
    if (known !== undefined) {
      known.entry = entry;
      return;
    }
    if (this.maxEntries === 0) return;
    if (this.#links.size >= this.maxEntries) {
      this.delete(this.#ring.newer.key);
      this.#evictions += 1;
    }
    const link: Link = { key, entry, newer: this.#ring, older: this.#ring };
    this.#linkAsNewest(link);
    this.#links.set(key, link);
  }

  delete(key: string): void {
    const link = this.#links.get(key);
    if (link === undefined) return;
    unlink(link);
    this.#links.delete(key);
  }

  statistics(): CacheStatistics {
    return {
      entries: this.#links.size,
      hits: this.#hits,
      misses: this.#misses,
      evictions: this.#evictions,
    };
  }

  #linkAsNewest(link: Link): void {
    const newest = this.#ring.older;
    link.older = newest;
    link.newer = this.#ring;
    newest.newer = link;
    this.#ring.older = link;
  }
}

/** A link that is its own neighbour. From the cache's, `newer` leads to the oldest entry. */
function createRing(): Link {
  const link = { key: '', entry: undefined } as unknown as Link;
  link.newer = link;
  link.older = link;
  return link;
}

function unlink(link: Link): void {
  link.newer.older = link.older;
  link.older.newer = link.newer;
}
