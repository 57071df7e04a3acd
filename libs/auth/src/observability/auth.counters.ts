/** Counts what the library decides, by outcome and stage; for metrics. */
import { type RefusalReason, type RefusalStage } from '../access-token/refusal.js';
import { AuthObserver, LoggingAuthObserver, type RefusedRequest } from '../auth.observer.js';
import { type IgnoredKey } from '../jwks/jwk-set.js';
import { type ShadowComparison } from '../shadow/shadow-comparison.js';
import { type TracedStage } from './auth.tracer.js';

/**
 * Counts since the start. Only names of this library are keys, so there are never more than it has,
 * whatever is sent.
 */
export interface AuthCounts {
  /** Requests that passed a stage. */
  readonly passed: Readonly<Record<TracedStage, number>>;
  /** Requests that were refused, by stage and reason. */
  readonly refused: Readonly<
    Partial<Record<RefusalStage, Readonly<Partial<Record<RefusalReason, number>>>>>
  >;
  /** Fetches of JWK Sets. */
  readonly keyFetches: Readonly<Record<'succeeded' | 'failed', number>>;
  /** Comparisons with the shadow rules; `dropped` counts reports as well. */
  readonly shadow: Readonly<Record<ShadowComparison['outcome'] | 'dropped', number>>;
  /** What would have been answered where nothing is enforced. */
  readonly reported: Readonly<Record<'passed' | 'refused', number>>;
}

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

/**
 * An observer that counts and passes everything on:
 *
 * ```ts
 * const counters = new AuthCounters();
 * AuthModule.forRoot({ trusts, observer: counters });
 * formatPrometheus(counters.snapshot());
 * ```
 */
export class AuthCounters extends AuthObserver {
  readonly #passed = { authentication: 0, authorization: 0 };
  readonly #refused = new Map<RefusalStage, Map<RefusalReason, number>>();
  readonly #keyFetches = { succeeded: 0, failed: 0 };
  readonly #shadow = { agree: 0, disagree: 0, undecided: 0, dropped: 0 };
  readonly #reported = { passed: 0, refused: 0 };

  /** @param next is told as well. Default: a LoggingAuthObserver */
  constructor(private readonly next: AuthObserver = new LoggingAuthObserver()) {
    super();
  }

  /** The counts of this moment, as a copy. */
  snapshot(): AuthCounts {
    const refused: Writable<AuthCounts['refused']> = {};
    for (const [stage, reasons] of this.#refused) refused[stage] = Object.fromEntries(reasons);
    return {
      passed: { ...this.#passed },
      refused,
      keyFetches: { ...this.#keyFetches },
      shadow: { ...this.#shadow },
      reported: { ...this.#reported },
    };
  }

  override requestPassed(stage: TracedStage, issuer: string): void {
    this.#passed[stage] += 1;
    this.next.requestPassed?.(stage, issuer);
  }

  requestRefused(refusal: RefusedRequest): void {
    const { stage, reason } = refusal;
    let reasons = this.#refused.get(stage);
    if (reasons === undefined) this.#refused.set(stage, (reasons = new Map()));
    reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
    this.next.requestRefused(refusal);
  }

  keysFetched(issuer: string, keys: number, ignored: readonly IgnoredKey[]): void {
    this.#keyFetches.succeeded += 1;
    this.next.keysFetched(issuer, keys, ignored);
  }

  keysFetchFailed(issuer: string, failure: string): void {
    this.#keyFetches.failed += 1;
    this.next.keysFetchFailed(issuer, failure);
  }

  override shadowCompared(comparison: ShadowComparison): void {
    this.#shadow[comparison.outcome] += 1;
    this.next.shadowCompared?.(comparison);
  }

  override shadowDropped(): void {
    this.#shadow.dropped += 1;
    this.next.shadowDropped?.();
  }

  override requestReported(handler: string, refusal: RefusedRequest | undefined): void {
    this.#reported[refusal === undefined ? 'passed' : 'refused'] += 1;
    this.next.requestReported?.(handler, refusal);
  }
}
