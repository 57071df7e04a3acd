/** Holds a token's payload against its trust: what RFC 7519 and RFC 9068 ask of each claim. */
import { type JsonObject } from '../jws/strict-json.js';
import { type Trust } from '../trust/trust.js';
import { RefusedTokenError, shown, type RefusalReason } from './refusal.js';

/** Claims of a known type, as checked. Times are seconds since the epoch. */
export interface RegisteredClaims {
  readonly audience: readonly string[];
  readonly exp: number;
  readonly nbf: number | undefined;
  readonly iat: number | undefined;
}

/** Of a trust, what claims are held against apart from time. */
export type ClaimRules = Pick<
  Trust,
  'issuer' | 'requiredClaims' | 'audiences' | 'audienceClaim' | 'maxLifetimeSeconds'
>;

/** The year 9999. What is later is no date but a mistake: milliseconds, or a number like 1e308. */
const LATEST = 253_402_300_799;

const STRING_CLAIMS = ['sub', 'jti', 'client_id', 'grant_id'];

/**
 * Checks everything about the claims that does not change with time: presence, types, audience, the
 * lifetime, the trust's own rule.
 *
 * @throws RefusedTokenError naming the rule
 * @see RFC 7519 section 4.1, RFC 9068 section 4
 */
export function checkClaims(claims: JsonObject, trust: ClaimRules): RegisteredClaims {
  const refuse = (reason: RefusalReason, detail: string): RefusedTokenError =>
    new RefusedTokenError('claims', reason, detail, trust.issuer);
  for (const name of trust.requiredClaims) {
    if (claims[name] === undefined) throw refuse('claim_missing', name);
  }
  for (const name of STRING_CLAIMS) {
    const value = claims[name];
    if (value !== undefined && (typeof value !== 'string' || value === '')) {
      throw refuse('claim_type', `${name} is not a string`);
    }
  }
  const time = (name: 'exp' | 'nbf' | 'iat'): number | undefined => {
    const value = claims[name];
    if (value === undefined) return undefined;
    if (!Number.isInteger(value) || (value as number) < 0 || (value as number) > LATEST) {
      throw refuse('claim_type', `${name} is not a time in seconds`);
    }
    return value as number;
  };
  const exp = time('exp');
  if (exp === undefined) throw refuse('claim_missing', 'exp');
  const nbf = time('nbf');
  const iat = time('iat');
  if (iat !== undefined && exp - iat > trust.maxLifetimeSeconds) {
    throw refuse('lifetime_too_long', `${exp - iat} s, above ${trust.maxLifetimeSeconds} s`);
  }
  if (!areDetails(claims['authorization_details'])) {
    throw refuse('claim_type', 'authorization_details is not a list of objects with a type');
  }
  const audience = audienceOf(claims[trust.audienceClaim]);
  if (audience === undefined) {
    throw claims[trust.audienceClaim] === undefined
      ? refuse('claim_missing', trust.audienceClaim)
      : refuse('claim_type', `${trust.audienceClaim} is not made of strings`);
  }
  if (!audience.some((one) => trust.audiences.has(one))) {
    throw refuse('audience', `${shown(audience[0])} instead of ${[...trust.audiences].join(', ')}`);
  }
  return { audience, exp, nbf, iat };
}

/**
 * Checks everything about the claims that changes with time. A cached token is asked again at every
 * use, with this very function, so that the cache changes no answer.
 *
 * @throws RefusedTokenError naming the rule
 * @see RFC 7519 sections 4.1.4 to 4.1.6
 */
export function checkTimes(times: RegisteredClaims, trust: Trust, nowMs: number): void {
  const now = nowMs / 1000;
  const tolerance = trust.toleranceSeconds;
  if (now >= times.exp + tolerance) throw late('expired', times.exp, trust);
  if (times.nbf !== undefined && now < times.nbf - tolerance) {
    throw late('not_yet_valid', times.nbf, trust);
  }
  if (times.iat !== undefined && now < times.iat - tolerance) {
    throw late('issued_in_the_future', times.iat, trust);
  }
  // A token that does not say when it was issued was issued by now at the latest.
  if (times.iat === undefined && times.exp - now > trust.maxLifetimeSeconds + tolerance) {
    throw late('lifetime_too_long', times.exp, trust);
  }
}

function late(reason: RefusalReason, at: number, trust: Trust): RefusedTokenError {
  return new RefusedTokenError('claims', reason, new Date(at * 1000).toISOString(), trust.issuer);
}

function audienceOf(value: unknown): readonly string[] | undefined {
  if (typeof value === 'string') return value === '' ? undefined : [value];
  if (!Array.isArray(value) || value.length === 0) return undefined;
  return value.every((one) => typeof one === 'string' && one !== '') ? value : undefined;
}

/** @see RFC 9396 section 2 */
function areDetails(value: unknown): boolean {
  if (value === undefined) return true;
  return (
    Array.isArray(value) &&
    value.every((detail: unknown) => {
      const type = (detail as { readonly type?: unknown } | null)?.type;
      return typeof type === 'string' && !Array.isArray(detail);
    })
  );
}
