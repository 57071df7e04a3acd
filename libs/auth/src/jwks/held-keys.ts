/** A JWK Set as it is held: its keys, and the instants at which it is due, overdue and too old. */
import { type VerificationKey } from '../jws/verification-key.js';
import { keysByKid } from './jwk-set.js';
import { type ResolvedJwksOptions } from './jwks.options.js';

/** The keys of the last successful fetch. Instants are milliseconds since the epoch. */
export interface HeldKeys {
  readonly byKid: ReadonlyMap<string, VerificationKey>;
  readonly fetchedAtMs: number;
  /** From here on it is renewed behind the requests. */
  readonly refreshAtMs: number;
  /** From here on a request waits for the renewal. */
  readonly freshUntilMs: number;
  /** From here on it is not used, whatever happens to the renewal. */
  readonly staleUntilMs: number;
}

/**
 * Holds `keys` for as long as the issuer said, within the bounds of `options`.
 *
 * @param before what was held so far: a key that has not changed stays the same object, so that
 *   tokens checked with it stay in the verified-token cache
 * @param maxAgeSeconds how long the issuer says the set is fresh; undefined where it does not
 */
export function holdKeys(
  keys: readonly VerificationKey[],
  before: HeldKeys | undefined,
  fetchedAtMs: number,
  maxAgeSeconds: number | undefined,
  options: ResolvedJwksOptions,
): HeldKeys {
  const { defaultMaxAgeSeconds, minMaxAgeSeconds, maxMaxAgeSeconds, maxStaleSeconds } = options;
  const maxAge = maxAgeSeconds ?? defaultMaxAgeSeconds;
  const freshMs = Math.min(maxMaxAgeSeconds, Math.max(minMaxAgeSeconds, maxAge)) * 1000;
  const unchanged = keys.map((key) => {
    const known = key.kid === undefined ? undefined : before?.byKid.get(key.kid);
    return known?.fingerprint === key.fingerprint ? known : key;
  });
  return {
    byKid: keysByKid(unchanged),
    fetchedAtMs,
    // Jitter keeps the replicas of a service from asking in step.
    refreshAtMs: fetchedAtMs + freshMs * (0.7 + 0.2 * Math.random()),
    freshUntilMs: fetchedAtMs + freshMs,
    staleUntilMs: fetchedAtMs + freshMs + maxStaleSeconds * 1000,
  };
}
