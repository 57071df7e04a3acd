/** Whether a key may sign here: by the rules that resource servers hold a JWK Set to. */
import { importJwkSet } from '@keyward/auth';
import { type JWK } from 'jose';
import { type SigningAlgorithm } from '../config/environment.schema.js';

/** A key that nobody should sign with, or that is for something else. */
export class UnfitKeyError extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = new.target.name;
  }
}

const PUBLIC_MEMBERS = ['kty', 'crv', 'x', 'y', 'n', 'e'] as const;

/**
 * The public members of a JWK, and no others.
 * @throws UnfitKeyError where no resource server would verify `algorithm` by it: another kind or curve,
 *   RSA below 2048 bits, a weak exponent, a member that is missing
 */
export function publicJwkOf(
  jwk: Readonly<Record<string, unknown>>,
  algorithm: SigningAlgorithm,
): JWK {
  const present = PUBLIC_MEMBERS.filter((member) => jwk[member] !== undefined);
  const members = Object.fromEntries(present.map((member) => [member, jwk[member]]));
  const { keys, ignored } = importJwkSet({ keys: [{ ...members, alg: algorithm }] }, [algorithm]);
  if (keys.length === 1) return members as JWK;
  throw new UnfitKeyError(ignored[0]?.reason ?? `is no key for ${algorithm}`);
}
