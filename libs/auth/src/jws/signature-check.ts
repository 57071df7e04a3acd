/** Checks signatures of one algorithm by one key, on this thread or on one of libuv's pool. */
import { createHmac, timingSafeEqual, verify, type KeyObject } from 'node:crypto';
import {
  isHmacAlgorithm,
  type AsymmetricAlgorithm,
  type HmacAlgorithm,
  type SignatureAlgorithm,
} from '@keyward/oauth';
import { ALGORITHM_PARAMETERS, verifyInput } from './signature.js';

/** Whether a signature is right. Neither way ever throws, and both always agree. */
export interface SignatureCheck {
  now(data: Buffer, signature: Buffer): boolean;
  offThread(data: Buffer, signature: Buffer): Promise<boolean>;
}

/** Prepares everything that does not depend on the token. */
export function createSignatureCheck(
  algorithm: SignatureAlgorithm,
  key: KeyObject,
): SignatureCheck {
  return isHmacAlgorithm(algorithm) ? hmacCheck(algorithm, key) : asymmetricCheck(algorithm, key);
}

/** An HMAC costs less than the way to another thread. */
function hmacCheck(algorithm: HmacAlgorithm, key: KeyObject): SignatureCheck {
  const digest = ALGORITHM_PARAMETERS[algorithm].digest ?? 'sha256';
  const now = (data: Buffer, signature: Buffer): boolean => {
    const expected = createHmac(digest, key).update(data).digest();
    return signature.length === expected.length && timingSafeEqual(signature, expected);
  };
  return { now, offThread: (data, signature) => Promise.resolve(now(data, signature)) };
}

function asymmetricCheck(algorithm: AsymmetricAlgorithm, key: KeyObject): SignatureCheck {
  const { digest } = ALGORITHM_PARAMETERS[algorithm];
  const input = verifyInput(algorithm, key);
  const signatureBytes = signatureLength(algorithm, key);
  return {
    now: (data, signature) => {
      if (signature.length !== signatureBytes) return false;
      try {
        return verify(digest, data, input, signature);
      } catch {
        // OpenSSL raises on signatures that cannot be decoded; to the caller they are just wrong.
        return false;
      }
    },
    offThread: (data, signature) =>
      new Promise<boolean>((resolve, reject) => {
        if (signature.length !== signatureBytes) return resolve(false);
        verify(digest, data, input, signature, (error, good) =>
          error === null ? resolve(good) : reject(error),
        );
      }).catch(() => false),
  };
}

/**
 * Bytes of every signature by `key`: what the algorithm fixes, or for RSA the modulus. OpenSSL reads
 * an RSA-PSS signature as a number: without its leading zeros it would pass too, and one token would
 * have two texts, which RFC 8017 section 8.1.2 step 1 forbids.
 */
function signatureLength(algorithm: SignatureAlgorithm, key: KeyObject): number {
  const modulusBits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  return ALGORITHM_PARAMETERS[algorithm].signatureBytes ?? Math.ceil(modulusBits / 8);
}
