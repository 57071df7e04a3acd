/** Keys and access tokens for the benchmarks, as an authorization server would issue them. */
import { randomUUID, type KeyObject } from 'node:crypto';
import { exportJWK, SignJWT, type JWK } from 'jose';
import { generateKeyPair } from '../support/key-pair.js';

export const ISSUER = 'https://as.example';
export const AUDIENCE = 'https://orders.example';

/** The algorithms that are measured. */
export const ALGORITHMS = ['RS256', 'PS256', 'ES256', 'EdDSA'] as const;
export type BenchAlgorithm = (typeof ALGORITHMS)[number];

/** A signing key and its public half in both forms. */
export interface SigningKey {
  readonly algorithm: BenchAlgorithm;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  readonly jwk: JWK;
}

/** A fresh key; RSA of 2048 bits. */
export async function createSigningKey(algorithm: BenchAlgorithm): Promise<SigningKey> {
  const { privateKey, publicKey } =
    algorithm === 'ES256'
      ? generateKeyPair({ type: 'ec', namedCurve: 'P-256' })
      : algorithm === 'EdDSA'
        ? generateKeyPair({ type: 'ed25519' })
        : generateKeyPair({ type: 'rsa', modulusLength: 2048 });
  const jwk = { ...(await exportJWK(publicKey)), kid: 'bench-1', alg: algorithm, use: 'sig' };
  return { algorithm, privateKey, publicKey, jwk };
}

/** `count` different access tokens with the claims of RFC 9068, good for an hour. */
export function createTokens(key: SigningKey, count: number, typ = 'at+jwt'): Promise<string[]> {
  return Promise.all(
    Array.from({ length: count }, (_, i) =>
      new SignJWT({ scope: 'orders:read orders:write', client_id: 'bench-client' })
        .setProtectedHeader({ alg: key.algorithm, typ, kid: 'bench-1' })
        .setIssuer(ISSUER)
        .setAudience(AUDIENCE)
        .setSubject(`customer-${i}`)
        .setJti(randomUUID())
        .setIssuedAt()
        .setExpirationTime('1h')
        .sign(key.privateKey),
    ),
  );
}
