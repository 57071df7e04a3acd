/** Reads a JWK Set: the usable keys by their ids, and why the others are not used. */
import { type AsymmetricAlgorithm } from '@keyward/oauth';
import { importPublicJwk, UnusableKeyError } from '../jws/jwk-import.js';
import { type JsonObject } from '../jws/strict-json.js';
import { type VerificationKey } from '../jws/verification-key.js';

/** A key that was left out, and why. */
export interface IgnoredKey {
  readonly kid?: string;
  readonly reason: string;
}

/** What became of a JWK Set. */
export interface ImportedJwkSet {
  readonly keys: readonly VerificationKey[];
  readonly ignored: readonly IgnoredKey[];
}

/** More keys than any issuer has: a longer set is a fault or an attack on our memory. */
const MAXIMUM_KEYS = 100;

/**
 * Imports every key of the set that fits one of `allowed`. One bad key does not take the good ones
 * with it; two different keys under one `kid` take each other, since no one could say which is meant.
 *
 * @throws UnusableKeyError where the document as a whole is no JWK Set
 * @see RFC 7517 section 5
 */
export function importJwkSet(
  set: JsonObject,
  allowed: readonly AsymmetricAlgorithm[],
): ImportedJwkSet {
  const members: unknown = set['keys'];
  if (!Array.isArray(members)) throw new UnusableKeyError('no "keys" array');
  if (members.length > MAXIMUM_KEYS) {
    throw new UnusableKeyError(`${members.length} keys, more than ${MAXIMUM_KEYS}`);
  }
  const ignored: IgnoredKey[] = [];
  const imported: VerificationKey[] = [];
  for (const member of members) {
    if (typeof member !== 'object' || member === null) {
      ignored.push({ reason: 'not an object' });
      continue;
    }
    try {
      const key = importPublicJwk(member as JsonObject, allowed);
      if (key !== undefined) imported.push(key);
    } catch (error) {
      if (!(error instanceof UnusableKeyError)) throw error;
      ignored.push({ kid: error.kid, reason: error.message });
    }
  }
  return withoutAmbiguousKids(imported, ignored);
}

function withoutAmbiguousKids(
  imported: readonly VerificationKey[],
  ignored: IgnoredKey[],
): ImportedJwkSet {
  const byKid = new Map<string, VerificationKey>();
  const ambiguous = new Set<string>();
  const keys: VerificationKey[] = [];
  for (const key of imported) {
    const known = key.kid === undefined ? undefined : byKid.get(key.kid);
    // The same key twice, as some issuers publish it, is one key.
    if (known?.fingerprint === key.fingerprint) continue;
    if (known !== undefined) ambiguous.add(known.kid ?? '');
    if (key.kid !== undefined) byKid.set(key.kid, key);
    keys.push(key);
  }
  for (const kid of ambiguous) ignored.push({ kid, reason: 'two different keys have this kid' });
  return {
    keys: keys.filter((key) => key.kid === undefined || !ambiguous.has(key.kid)),
    ignored,
  };
}

/** The keys that have a `kid`, by it. */
export function keysByKid(keys: readonly VerificationKey[]): ReadonlyMap<string, VerificationKey> {
  return new Map(keys.flatMap((key) => (key.kid === undefined ? [] : [[key.kid, key] as const])));
}
