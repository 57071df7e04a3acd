/** A key and the algorithms that it may be used with: the two are never told apart by the token. */
import { createHmac, timingSafeEqual, verify, type KeyObject } from 'node:crypto';
import { isHmacAlgorithm, type SignatureAlgorithm } from '@keyward/oauth';
import { ALGORITHM_PARAMETERS, verifyInput } from './signature.js';

/** One key of one issuer, with everything prepared that checking a signature needs. */
export class VerificationKey {
  readonly #checks = new Map<string, (data: Buffer, signature: Buffer) => boolean>();

  /**
   * @param kid the key's id, undefined where its issuer gave it none
   * @param algorithms what the key may be used with, all fitting its type and curve
   * @param fingerprint says whether two keys are the same: kid, material and algorithms
   */
  constructor(
    readonly kid: string | undefined,
    key: KeyObject,
    readonly algorithms: readonly SignatureAlgorithm[],
    readonly fingerprint: string,
  ) {
    for (const algorithm of algorithms) this.#checks.set(algorithm, signatureCheck(algorithm, key));
  }

  /** Whether the key may be used with `algorithm`. */
  allows(algorithm: string): boolean {
    return this.#checks.has(algorithm);
  }

  /**
   * Whether `signature` is this key's over `data`. False for an algorithm that the key is not for,
   * and for a signature of any length but the algorithm's. Never throws.
   */
  verify(algorithm: string, data: Buffer, signature: Buffer): boolean {
    return this.#checks.get(algorithm)?.(data, signature) ?? false;
  }
}

function signatureCheck(
  algorithm: SignatureAlgorithm,
  key: KeyObject,
): (data: Buffer, signature: Buffer) => boolean {
  const { digest } = ALGORITHM_PARAMETERS[algorithm];
  if (isHmacAlgorithm(algorithm)) {
    return (data, signature) => {
      const expected = createHmac(digest ?? 'sha256', key)
        .update(data)
        .digest();
      return signature.length === expected.length && timingSafeEqual(signature, expected);
    };
  }
  const input = verifyInput(algorithm, key);
  const signatureBytes = signatureLength(algorithm, key);
  return (data, signature) => {
    // OpenSSL reads an RSA-PSS signature as a number: without its leading zeros it would pass too,
    // and one token would have two texts (RFC 8017 section 8.1.2 step 1 forbids it).
    if (signature.length !== signatureBytes) return false;
    try {
      return verify(digest, data, input, signature);
    } catch {
      // OpenSSL raises on signatures that cannot be decoded; to the caller they are just wrong.
      return false;
    }
  };
}

/** Bytes of every signature by `key`: what the algorithm fixes, or for RSA the modulus. */
function signatureLength(algorithm: SignatureAlgorithm, key: KeyObject): number {
  const modulusBits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  return ALGORITHM_PARAMETERS[algorithm].signatureBytes ?? Math.ceil(modulusBits / 8);
}
