/** What is evaluated beside the enforced rules, and how much of it. */
import { type TrustOptions } from '../trust/trust.options.js';

/** What a handler would ask for; a kind that is left out is not asked for. */
export interface ShadowPolicy {
  /** Every one is needed. */
  readonly scopes?: readonly string[];
  /** Of each group, one is needed. */
  readonly anyScope?: readonly (readonly string[])[];
  /** Of each group, one is needed. */
  readonly roles?: readonly (readonly string[])[];
}

/** Rules that are tried out on real requests: reported to the observer, and never enforced. */
export interface ShadowOptions {
  /**
   * Issuers that would be trusted in place of `trusts`. They may be the same issuers by other rules.
   * A trust in opaque tokens is asked about each token that is compared: it sees them. Default: the
   * enforced ones.
   */
  readonly trusts?: readonly TrustOptions[];
  /**
   * What handlers would ask for, by `Controller.handler`, in place of their scopes and roles. A name
   * that no handler has stops the start. Default: what their decorators say.
   */
  readonly policies?: Readonly<Record<string, ShadowPolicy>>;
  /** Of the requests, the part that is compared: 0 to 1. Default 1. */
  readonly sampleRate?: number;
  /** Comparisons that wait or are under way, at most; others are dropped. Default 100. */
  readonly maxPending?: number;
  /** For one comparison, in milliseconds. Default 5000. */
  readonly timeoutMs?: number;
}

/** Every limit with its value. */
export interface ShadowLimits {
  readonly sampleRate: number;
  readonly maxPending: number;
  readonly timeoutMs: number;
}

/** @throws TypeError for a limit that is no number of its kind */
export function resolveShadowLimits(options: ShadowOptions = {}): ShadowLimits {
  const { sampleRate = 1, maxPending = 100, timeoutMs = 5000 } = options;
  if (!(sampleRate >= 0 && sampleRate <= 1)) {
    throw new TypeError('shadow.sampleRate is not a number from 0 to 1');
  }
  if (!Number.isInteger(maxPending) || maxPending < 1) {
    throw new TypeError('shadow.maxPending is not a number from 1 up');
  }
  if (!Number.isFinite(timeoutMs) || timeoutMs <= 0) {
    throw new TypeError('shadow.timeoutMs is not a positive number');
  }
  return { sampleRate, maxPending, timeoutMs };
}
