/** Port: where the keys of one trusted issuer come from. */
import { type VerificationKey } from '../jws/verification-key.js';

/** What a health check may know of an issuer's keys. */
export interface KeySourceState {
  /** `fresh`: may be used as they are; `stale`: known, but overdue; `unavailable`: none to use. */
  readonly status: 'fresh' | 'stale' | 'unavailable';
  readonly keys: number;
  /** When the keys were last fetched, in milliseconds since the epoch; absent for fixed keys. */
  readonly fetchedAtMs?: number;
  /** Why the last fetch failed; absent when it succeeded. */
  readonly lastFailure?: string;
}

/**
 * The keys of one issuer. Every trust has a source of its own, so the same `kid` at two issuers
 * never meets. `nowMs` is the caller's clock, in milliseconds since the epoch.
 */
export abstract class KeySource {
  /**
   * The key of `kid` without waiting, or undefined where it is not known or the keys are overdue.
   * Undefined is no verdict: ask `resolve`.
   */
  abstract current(kid: string | undefined, nowMs: number): VerificationKey | undefined;

  /**
   * The key of `kid`, fetched if need be.
   * @returns undefined where the issuer's keys are known and this is none of them
   * @throws KeysUnavailableError where no key of the issuer is at hand
   */
  abstract resolve(kid: string | undefined): Promise<VerificationKey | undefined>;

  /** The state of the keys, without I/O. */
  abstract state(nowMs: number): KeySourceState;

  /** Stops to use the key of `kid` at once and for good: the issuer revoked it. */
  abstract revoke(kid: string): void;

  /** Starts to fetch the keys, so that the first request need not wait. Never throws. */
  warmUp(): Promise<void> {
    return Promise.resolve();
  }
}
