/** Signatures and key pairs by node:crypto, made on the threads of libuv's pool. */
import {
  constants,
  generateKeyPair,
  type KeyObject,
  sign,
  type SignKeyObjectInput,
  verify,
} from 'node:crypto';
import { promisify } from 'node:util';
import { type SigningAlgorithm } from '../config/environment.schema.js';

const generate = promisify(generateKeyPair);
const signOffThread = promisify(sign);

/** RFC 7518 section 3.3 wants 2048 bits at least; 3072 match the strength of P-256. */
const RSA_MODULUS_BITS = 3072;

/** How node:crypto makes each signature (RFC 7518 section 3, RFC 8037 section 3.1). */
const MECHANISMS: Readonly<
  Record<
    SigningAlgorithm,
    { digest: 'sha256' | 'sha384' | null; options: Omit<SignKeyObjectInput, 'key'> }
  >
> = {
  ES256: { digest: 'sha256', options: { dsaEncoding: 'ieee-p1363' } },
  ES384: { digest: 'sha384', options: { dsaEncoding: 'ieee-p1363' } },
  RS256: { digest: 'sha256', options: { padding: constants.RSA_PKCS1_PADDING } },
  PS256: {
    digest: 'sha256',
    options: {
      padding: constants.RSA_PKCS1_PSS_PADDING,
      saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
    },
  },
  EdDSA: { digest: null, options: {} },
};

/** The signature in the form that JWS wants. */
export function makeSignature(
  algorithm: SigningAlgorithm,
  data: Buffer,
  privateKey: KeyObject,
): Promise<Buffer> {
  const { digest, options } = MECHANISMS[algorithm];
  return signOffThread(digest, data, { ...options, key: privateKey });
}

/** Whether a signature in the form that JWS wants is the key's; a malformed one is not. */
export function isSignature(
  algorithm: SigningAlgorithm,
  data: Buffer,
  publicKey: KeyObject,
  signature: Buffer,
): Promise<boolean> {
  const { digest, options } = MECHANISMS[algorithm];
  return new Promise((resolve) => {
    verify(digest, data, { ...options, key: publicKey }, signature, (error, isValid) =>
      resolve(error === null && isValid),
    );
  });
}

/** A new key pair of the size that is fit for the algorithm. */
export function makeKeyPair(
  algorithm: SigningAlgorithm,
): Promise<{ publicKey: KeyObject; privateKey: KeyObject }> {
  switch (algorithm) {
    case 'ES256':
      return generate('ec', { namedCurve: 'P-256' });
    case 'ES384':
      return generate('ec', { namedCurve: 'P-384' });
    case 'EdDSA':
      return generate('ed25519');
    case 'RS256':
    case 'PS256':
      return generate('rsa', { modulusLength: RSA_MODULUS_BITS });
  }
}
