/** Answers of one issuer that are young enough to be used again. */
import { type IntrospectionAnswer } from './introspection-answer.js';
import { type IntrospectionLimits } from './introspection.options.js';

/**
 * A bounded cache that drops what was used least recently. One belongs to one trust, and so no
 * answer can ever be met under another. It knows tokens by their SHA-256 only.
 */
export class AnswerCache {
  readonly #answers = new Map<string, IntrospectionAnswer>();

  constructor(private readonly limits: IntrospectionLimits) {}

  /**
   * The answer that is kept, where it may still be used.
   * @param maxAgeSeconds how old it may be for the caller; the cache's own limit holds besides
   */
  get(key: string, maxAgeSeconds: number, nowMs: number): IntrospectionAnswer | undefined {
    const answer = this.#answers.get(key);
    if (answer === undefined) return undefined;
    if (nowMs >= this.#usableUntilMs(answer)) {
      this.#answers.delete(key);
      return undefined;
    }
    const ageMs = nowMs - answer.askedAtMs;
    // Below 0 the clock was set back: nothing is known of the answer's age.
    if (ageMs < 0 || ageMs >= maxAgeSeconds * 1000) return undefined;
    this.#answers.delete(key);
    this.#answers.set(key, answer);
    return answer;
  }

  /** Keeps an answer, unless a later one is kept already or nothing is to be kept. */
  set(key: string, answer: IntrospectionAnswer, nowMs: number): void {
    const known = this.#answers.get(key);
    if (known !== undefined && known.askedAtMs > answer.askedAtMs) return;
    this.#answers.delete(key);
    if (this.limits.maxCachedTokens === 0 || nowMs >= this.#usableUntilMs(answer)) return;
    if (this.#answers.size >= this.limits.maxCachedTokens) {
      const [oldest] = this.#answers.keys();
      if (oldest !== undefined) this.#answers.delete(oldest);
    }
    this.#answers.set(key, answer);
  }

  /** Never past `exp`, without tolerance: from then on the issuer decides. */
  #usableUntilMs({ active, claims, askedAtMs }: IntrospectionAnswer): number {
    const { maxCacheSeconds, maxNegativeCacheSeconds } = this.limits;
    if (!active) {
      return askedAtMs + Math.min(maxCacheSeconds, maxNegativeCacheSeconds) * 1000;
    }
    const exp = claims['exp'];
    const expiresMs = typeof exp === 'number' ? exp * 1000 : Infinity;
    return Math.min(askedAtMs + maxCacheSeconds * 1000, expiresMs);
  }
}
