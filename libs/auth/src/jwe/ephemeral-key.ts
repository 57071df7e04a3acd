/** The sender's half of a key agreement, as a token's header brings it (RFC 7518 section 4.6.1.1). */
import { createPublicKey, type KeyObject } from 'node:crypto';
import { RefusedTokenError } from '../access-token/refusal.js';
import { decodeBase64url } from '../jws/base64url.js';

/** A curve of ECDH-ES and the members of a key on it. */
export interface AgreementCurve {
  readonly kty: 'EC' | 'OKP';
  readonly crv: 'P-256' | 'X25519';
  readonly coordinates: readonly ('x' | 'y')[];
}

/** Both curves have coordinates of this size. */
const COORDINATE_BYTES = 32;

/**
 * Imports `epk`: an object of exactly the members of a public key, on the curve of the recipient's own
 * key, its coordinates canonical and of full length, and a point of that curve. A point elsewhere would
 * tell the sender about our private key, bit by bit.
 *
 * @throws RefusedTokenError naming the rule
 * @see RFC 7518 section 4.6.1.1, RFC 8725 section 3.4
 */
export function importEphemeralKey(
  epk: unknown,
  { kty, crv, coordinates }: AgreementCurve,
): KeyObject {
  if (typeof epk !== 'object' || epk === null || Array.isArray(epk)) throw refuse('is no object');
  const members = epk as Readonly<Record<string, unknown>>;
  const allowed: readonly string[] = ['kty', 'crv', ...coordinates];
  if (Object.keys(members).some((name) => !allowed.includes(name))) {
    throw refuse('has a member that a public key of the curve has not');
  }
  if (members['kty'] !== kty || members['crv'] !== crv) throw refuse('is on another curve');
  for (const name of coordinates) {
    const value = members[name];
    const bytes = typeof value === 'string' ? decodeBase64url(value) : undefined;
    if (bytes?.length !== COORDINATE_BYTES) throw refuse(`has no ${name} of the curve`);
  }
  try {
    return createPublicKey({ key: { ...members }, format: 'jwk' });
  } catch {
    throw refuse('is not a point of the curve');
  }
}

function refuse(detail: string): RefusedTokenError {
  return new RefusedTokenError('canonical', 'ephemeral_key', `epk ${detail}`);
}
