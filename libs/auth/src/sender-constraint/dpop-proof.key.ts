/** The key that a DPoP proof brings along, and the thumbprint by which tokens name it (RFC 7638). */
import { hash } from 'node:crypto';
import { type AsymmetricAlgorithm } from '@keyward/oauth';
import { shown } from '../access-token/refusal.js';
import { importPublicJwk, UnusableKeyError } from '../jws/jwk-import.js';
import { type JsonObject } from '../jws/strict-json.js';
import { type VerificationKey } from '../jws/verification-key.js';
import { RefusedProofError } from './dpop-proof.refusal.js';

/** A key that proofs are checked by. */
export interface ProofKey {
  readonly key: VerificationKey;
  /** SHA-256 thumbprint of the key, in base64url. */
  readonly jkt: string;
}

/** The members that make a key of each type, in the order of RFC 7638 section 3.2. */
const THUMBPRINT_MEMBERS: Readonly<Record<string, readonly string[]>> = {
  EC: ['crv', 'kty', 'x', 'y'],
  OKP: ['crv', 'kty', 'x'],
  RSA: ['e', 'kty', 'n'],
};

/**
 * Imports the `jwk` of a proof's header, for its `alg` alone.
 *
 * @throws RefusedProofError for a private or symmetric key, one that does not fit the algorithm, is too
 *   short, or off its curve
 * @see RFC 9449 section 4.3 steps 6 and 7
 */
export function importProofKey(jwk: unknown, algorithm: AsymmetricAlgorithm): ProofKey {
  if (typeof jwk !== 'object' || jwk === null || Array.isArray(jwk)) {
    throw new RefusedProofError('proof_key', `jwk is ${shown(jwk)}`);
  }
  try {
    const key = importPublicJwk(jwk as JsonObject, [algorithm]);
    if (key !== undefined) return { key, jkt: thumbprint(jwk as JsonObject) };
  } catch (error) {
    if (error instanceof UnusableKeyError) throw new RefusedProofError('proof_key', error.message);
    throw error;
  }
  throw new RefusedProofError('proof_key', `jwk is not for ${algorithm}`);
}

function thumbprint(jwk: JsonObject): string {
  const members = THUMBPRINT_MEMBERS[jwk['kty'] as string] ?? [];
  const required = Object.fromEntries(members.map((name) => [name, jwk[name]]));
  return hash('sha256', JSON.stringify(required), 'base64url');
}
