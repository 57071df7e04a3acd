/** Turns JSON Web Keys into verification keys, and refuses the ones no one should sign with. */
import { createPublicKey, createSecretKey, hash, type JsonWebKey } from 'node:crypto';
import {
  isAsymmetricAlgorithm,
  type AsymmetricAlgorithm,
  type HmacAlgorithm,
  type SignatureAlgorithm,
} from '@keyward/oauth';
import { decodeBase64url } from './base64url.js';
import { ALGORITHM_PARAMETERS, isLongEnough } from './signature.js';
import { type JsonObject } from './strict-json.js';
import { VerificationKey } from './verification-key.js';

/** Why a key of a JWK Set is not used. */
export class UnusableKeyError extends Error {
  constructor(
    message: string,
    readonly kid?: string,
  ) {
    super(message);
    this.name = 'UnusableKeyError';
  }
}

const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];
const MINIMUM_RSA_BITS = 2048;
const MAXIMUM_RSA_BITS = 16384;
const MAXIMUM_KID_LENGTH = 256;

/**
 * Imports a public JWK for the algorithms of `allowed` that fit its type, curve and `alg`.
 *
 * @returns undefined for a key that is simply for something else: encryption, another algorithm
 * @throws UnusableKeyError for a key that breaks a rule: private members, a symmetric key, RSA below
 *   2048 bits or with a weak exponent, a member that is missing or not canonical, a point off curve
 * @see RFC 7517 section 4, RFC 7518 section 6, RFC 8037 section 2
 */
export function importPublicJwk(
  jwk: JsonObject,
  allowed: readonly AsymmetricAlgorithm[],
): VerificationKey | undefined {
  const kid = keyId(jwk);
  const fail = (message: string): never => {
    throw new UnusableKeyError(message, kid);
  };
  if (jwk['kty'] === 'oct') fail('a symmetric key in a JWK Set');
  if (PRIVATE_MEMBERS.some((member) => jwk[member] !== undefined)) fail('has private members');
  if (jwk['use'] !== undefined && jwk['use'] !== 'sig') return undefined;
  const operations = jwk['key_ops'];
  if (operations !== undefined) {
    if (!Array.isArray(operations)) return fail('its key_ops is not an array');
    if (!operations.includes('verify')) return undefined;
  }
  const alg = jwk['alg'];
  // A set may name the algorithm as `Ed25519` (RFC 9864); the token's header says EdDSA.
  const named = alg === 'Ed25519' ? 'EdDSA' : alg;
  if (named !== undefined && (typeof named !== 'string' || !isAsymmetricAlgorithm(named))) {
    return undefined;
  }
  const algorithms = allowed.filter((algorithm) => {
    const { kty, crv } = ALGORITHM_PARAMETERS[algorithm];
    return kty === jwk['kty'] && crv === jwk['crv'] && (named === undefined || named === algorithm);
  });
  if (algorithms.length === 0) return undefined;
  const members = publicMembers(jwk, fail);
  try {
    const key = createPublicKey({ key: members, format: 'jwk' });
    const bits = key.asymmetricKeyDetails?.modulusLength;
    if (bits !== undefined && bits < MINIMUM_RSA_BITS) fail(`RSA of ${bits} bits, below 2048`);
    if (bits !== undefined && bits > MAXIMUM_RSA_BITS) fail(`RSA of ${bits} bits, above 16384`);
    const exponent = key.asymmetricKeyDetails?.publicExponent;
    if (exponent !== undefined && !isSaneExponent(exponent)) fail(`RSA exponent ${exponent}`);
    return new VerificationKey(kid, key, algorithms, fingerprint(kid, members, algorithms));
  } catch (error) {
    if (error instanceof UnusableKeyError) throw error;
    return fail('its members are not a public key');
  }
}

/**
 * A verification key for a secret that issuer and resource server share.
 *
 * @param secret at least as long as the digest of each algorithm: 32, 48 or 64 bytes
 * @throws TypeError for a shorter secret
 * @see RFC 7518 section 3.2
 */
export function importSecret(
  secret: Uint8Array,
  algorithms: readonly HmacAlgorithm[],
): VerificationKey {
  for (const algorithm of algorithms) {
    if (!isLongEnough(algorithm, secret)) {
      throw new TypeError(`a secret of ${secret.length} bytes is too short for ${algorithm}`);
    }
  }
  return new VerificationKey(undefined, createSecretKey(secret), algorithms, 'secret');
}

function keyId(jwk: JsonObject): string | undefined {
  const kid = jwk['kid'];
  if (kid === undefined) return undefined;
  if (typeof kid !== 'string' || kid === '' || kid.length > MAXIMUM_KID_LENGTH) {
    throw new UnusableKeyError('its kid is not a string of 1 to 256 characters');
  }
  return kid;
}

/** Just the members that make the key, so that nothing else of the JWK can change what is made. */
function publicMembers(jwk: JsonObject, fail: (message: string) => never): JsonWebKey {
  const member = (name: string): string => {
    const value = jwk[name];
    if (typeof value !== 'string' || value === '' || decodeBase64url(value) === undefined) {
      return fail(`its member ${name} is missing or not base64url`);
    }
    return value;
  };
  if (jwk['kty'] === 'RSA') return { kty: 'RSA', n: member('n'), e: member('e') };
  const crv = String(jwk['crv']);
  return jwk['kty'] === 'EC'
    ? { kty: 'EC', crv, x: member('x'), y: member('y') }
    : { kty: 'OKP', crv, x: member('x') };
}

/** Odd, at least 3, and no larger than 64 bits: a huge exponent makes every check expensive. */
function isSaneExponent(exponent: bigint): boolean {
  return exponent >= 3n && exponent % 2n === 1n && exponent < 1n << 64n;
}

function fingerprint(
  kid: string | undefined,
  members: JsonWebKey,
  algorithms: readonly SignatureAlgorithm[],
): string {
  return hash('sha256', JSON.stringify([kid, members, algorithms]), 'base64url');
}
