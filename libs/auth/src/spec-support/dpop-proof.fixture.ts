/** DPoP proofs for tests: a good one, and whatever is different from it. */
import { hash } from 'node:crypto';
import { forgeToken, NOW } from './access-token.fixture.js';
import { type SigningKey } from '../testing/signing-key.js';

export const ORDERS_URI = 'https://orders.example/orders';

/** What is different from a good proof; undefined leaves a member out. */
export interface ProofParts {
  readonly header?: object;
  readonly claims?: object;
  readonly accessToken?: string;
}

let count = 0;

/** A proof of `key` for `GET ORDERS_URI` at NOW, with a jti of its own. */
export function forgeProof(key: SigningKey, parts: ProofParts = {}): string {
  const { accessToken } = parts;
  return forgeToken(key, {
    header: { typ: 'dpop+jwt', alg: key.alg, jwk: proofJwk(key), ...parts.header },
    payload: {
      jti: `proof-${(count += 1)}`,
      htm: 'GET',
      htu: ORDERS_URI,
      iat: NOW,
      ...(accessToken !== undefined && { ath: hash('sha256', accessToken, 'base64url') }),
      ...parts.claims,
    },
  });
}

/** The public key as a proof carries it. */
export function proofJwk({ publicKey }: SigningKey): object {
  return publicKey.export({ format: 'jwk' });
}
