/** Keys of an issuer, new in each run: inputs say which of them signs, never what the signature is. */
import { constants, type KeyObject, sign } from 'node:crypto';
import { generateKeyPair } from '../support/key-pair.js';

type Algorithm = 'ES256' | 'RS256' | 'PS256' | 'EdDSA';

/** One of them. */
export interface FuzzKey {
  readonly alg: Algorithm;
  readonly kid: string;
  readonly publicKey: KeyObject;
  /** The signature over these octets (a character each), in base64url. */
  sign(input: string): string;
}

export class SigningKeys {
  readonly #keys: readonly FuzzKey[];

  constructor(algorithms: readonly Algorithm[]) {
    this.#keys = algorithms.map(signingKey);
  }

  /** As a JWK Set has them. */
  get publicJwks(): readonly Record<string, unknown>[] {
    return this.#keys.map(({ alg, kid, publicKey }) => ({
      ...publicKey.export({ format: 'jwk' }),
      ...{ kid, alg, use: 'sig' },
    }));
  }

  at(index: number): FuzzKey {
    return this.#keys[index % this.#keys.length] as FuzzKey;
  }
}

function signingKey(alg: Algorithm): FuzzKey {
  const { privateKey, publicKey } = generateKeyPair(
    alg === 'ES256'
      ? { type: 'ec', namedCurve: 'P-256' }
      : alg === 'EdDSA'
        ? { type: 'ed25519' }
        : { type: 'rsa', modulusLength: 2048 },
  );
  const options =
    alg === 'PS256'
      ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
      : { dsaEncoding: 'ieee-p1363' as const };
  const digest = alg === 'EdDSA' ? null : 'sha256';
  return {
    alg,
    kid: `${alg}-1`,
    publicKey,
    sign: (input) =>
      sign(digest, Buffer.from(input, 'latin1'), { key: privateKey, ...options }).toString(
        'base64url',
      ),
  };
}
