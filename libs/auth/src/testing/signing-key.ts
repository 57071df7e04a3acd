/** Key pairs for tests, and signatures over whatever bytes a test wants signed. */
import { createHmac, sign, type KeyObject } from 'node:crypto';
import { type SignatureAlgorithm } from '@keyward/oauth';
import { verifyInput } from '../jws/signature.js';
import { type JsonObject } from '../jws/strict-json.js';
import { generateKeyPair, type KeyKind } from './key-pair.js';

type SigningAlgorithm = Exclude<SignatureAlgorithm, `HS${string}`>;

/** An issuer's key, with the half that it publishes. */
export interface SigningKey {
  readonly kid: string;
  readonly alg: SigningAlgorithm;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  readonly publicJwk: JsonObject;
}

const CURVES: Readonly<Record<string, string>> = { ES256: 'P-256', ES384: 'P-384', ES512: 'P-521' };

/** Makes a key pair for `alg`; its JWK has `kid`, `alg` and `use`. */
export function generateSigningKey(alg: SigningAlgorithm, kid: string = alg): SigningKey {
  const { privateKey, publicKey } = generateKeyPair(kindOf(alg));
  const publicJwk = { ...publicKey.export({ format: 'jwk' }), kid, alg, use: 'sig' };
  return { kid, alg, privateKey, publicKey, publicJwk };
}

function kindOf(alg: SigningAlgorithm): KeyKind {
  const namedCurve = CURVES[alg];
  if (namedCurve !== undefined) return { type: 'ec', namedCurve };
  return alg === 'EdDSA' ? { type: 'ed25519' } : { type: 'rsa', modulusLength: 2048 };
}

/** Signs `input` with node:crypto alone, so that nothing of it has to be well-formed. */
export function signBytes(key: SigningKey, input: Buffer, alg: SigningAlgorithm = key.alg): Buffer {
  const digest = alg === 'EdDSA' ? null : `sha${alg.slice(2)}`;
  const options = verifyInput(alg, key.privateKey);
  return sign(digest, input, options);
}

/** An HMAC, for the tokens of somebody who holds no private key. */
export function hmacBytes(secret: string | Uint8Array, input: Buffer): Buffer {
  return createHmac('sha256', secret).update(input).digest();
}
