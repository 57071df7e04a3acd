/** What a handler asks of the authentication behind a token, and whether a token meets it (RFC 9470). */
import { type Principal } from '../principal/principal.js';

/** How the resource owner must have signed in. */
export interface StepUpRequirement {
  /** Authentication context class references, one of which has to be met; empty: any. */
  readonly acrValues: readonly string[];
  /** How long ago that may be, in seconds; undefined: any time. */
  readonly maxAgeSeconds: number | undefined;
}

/** What `@StepUp` takes. At least one of the two. */
export interface StepUpOptions {
  /** Authentication context class references, in order of preference; one of them is needed. */
  readonly acr?: string | readonly string[];
  /** How long ago the resource owner may have signed in, in seconds. Above 0. */
  readonly maxAgeSeconds?: number;
}

// What stands in acr_values between spaces, and in a header between quotes.
const ACR_VALUE = /^[\x21\x23-\x5b\x5d-\x7e]+$/;

/** The issuer's clock may be ahead of ours; what is later than that is no time of an authentication. */
const AHEAD_SECONDS = 300;

/**
 * Checks what a decorator was given.
 * @throws TypeError for no requirement at all, and for one that no token could ever meet
 */
export function stepUpRequirement({ acr = [], maxAgeSeconds }: StepUpOptions): StepUpRequirement {
  const acrValues = typeof acr === 'string' ? [acr] : [...acr];
  if (acrValues.length === 0 && maxAgeSeconds === undefined) {
    throw new TypeError('@StepUp needs acr, maxAgeSeconds, or both');
  }
  for (const value of acrValues) {
    if (typeof value !== 'string' || !ACR_VALUE.test(value)) {
      throw new TypeError(`@StepUp: ${JSON.stringify(value)} is not one acr value`);
    }
  }
  // With 0 every token would be too old when it comes, and its owner would sign in for ever.
  if (maxAgeSeconds !== undefined && !(Number.isInteger(maxAgeSeconds) && maxAgeSeconds > 0)) {
    throw new TypeError('@StepUp: maxAgeSeconds is not a positive number of seconds');
  }
  return { acrValues, maxAgeSeconds };
}

/**
 * Why `principal` does not meet the requirement; undefined where it does. A claim that is absent or
 * of another type meets nothing.
 *
 * @see RFC 9470 section 6.2 for the claims
 */
export function unmetStepUp(
  { acrValues, maxAgeSeconds }: StepUpRequirement,
  { claims }: Principal,
  nowMs: number,
): string | undefined {
  const acr = claims['acr'];
  if (acrValues.length > 0 && !(typeof acr === 'string' && acrValues.includes(acr))) {
    return `needs acr ${acrValues.join(' or ')}`;
  }
  if (maxAgeSeconds === undefined) return undefined;
  const authTime = claims['auth_time'];
  if (typeof authTime !== 'number') return 'needs auth_time';
  const ageSeconds = nowMs / 1000 - authTime;
  return ageSeconds <= maxAgeSeconds && ageSeconds >= -AHEAD_SECONDS
    ? undefined
    : `needs an authentication within ${maxAgeSeconds} s`;
}

/**
 * One requirement that asks for both.
 * @throws TypeError where no acr value would do for both
 */
export function bothStepUps(a: StepUpRequirement, b: StepUpRequirement): StepUpRequirement {
  const [narrow, wide] = a.acrValues.length === 0 ? [b, a] : [a, b];
  const acrValues =
    wide.acrValues.length === 0
      ? narrow.acrValues
      : narrow.acrValues.filter((value) => wide.acrValues.includes(value));
  if (acrValues.length === 0 && narrow.acrValues.length > 0) {
    throw new TypeError('@StepUp twice without an acr value in common: no token meets both');
  }
  const ages = [a, b].flatMap(({ maxAgeSeconds }) => maxAgeSeconds ?? []);
  return { acrValues, maxAgeSeconds: ages.length === 0 ? undefined : Math.min(...ages) };
}
