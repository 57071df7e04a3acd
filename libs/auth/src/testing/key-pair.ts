/** Generates key pairs at once, and in a way that cannot hang. */
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
} from 'node:crypto';

/** What is generated: an RSA key of so many bits, a key on a curve of NIST, or one for Ed25519. */
export type KeyKind =
  | { readonly type: 'rsa'; readonly modulusLength: number; readonly publicExponent?: number }
  | { readonly type: 'ec'; readonly namedCurve: string }
  | { readonly type: 'ed25519' };

/**
 * A fresh key pair. It is generated as DER and read back: the job behind `generateKeyPairSync` is
 * freed by the garbage collector, and locks its key for that; Node.js 20 waits for itself if that
 * happens while the very key is exported. Keys that were read belong to no such job.
 */
export function generateKeyPair(kind: KeyKind): { privateKey: KeyObject; publicKey: KeyObject } {
  const { type, ...options } = kind;
  const pair = generateKeyPairSync(type as 'rsa', {
    ...(options as { modulusLength: number }),
    publicKeyEncoding: { type: 'spki', format: 'der' },
    privateKeyEncoding: { type: 'pkcs8', format: 'der' },
  });
  return {
    privateKey: createPrivateKey({ key: pair.privateKey, type: 'pkcs8', format: 'der' }),
    publicKey: createPublicKey({ key: pair.publicKey, type: 'spki', format: 'der' }),
  };
}
