/** What node:crypto needs to know of each JWS algorithm (RFC 7518 section 3, RFC 8037 section 3). */
import { constants, type KeyObject, type VerifyKeyObjectInput } from 'node:crypto';
import {
  type AsymmetricAlgorithm,
  type HmacAlgorithm,
  type SignatureAlgorithm,
} from '@keyward/oauth';

/** How one algorithm is checked. */
export interface AlgorithmParameters {
  /** Digest name for node:crypto; null where the algorithm brings its own. */
  readonly digest: string | null;
  readonly kty: 'RSA' | 'EC' | 'OKP' | 'oct';
  /** The one curve that the algorithm allows; for EC and OKP. */
  readonly crv?: 'P-256' | 'P-384' | 'P-521' | 'Ed25519';
  /** Bytes of a signature, where the algorithm fixes it. */
  readonly signatureBytes?: number;
  readonly pss?: true;
}

/** The parameters of every algorithm that Keyward checks. */
export const ALGORITHM_PARAMETERS: Readonly<Record<SignatureAlgorithm, AlgorithmParameters>> = {
  ES256: { digest: 'sha256', kty: 'EC', crv: 'P-256', signatureBytes: 64 },
  ES384: { digest: 'sha384', kty: 'EC', crv: 'P-384', signatureBytes: 96 },
  ES512: { digest: 'sha512', kty: 'EC', crv: 'P-521', signatureBytes: 132 },
  RS256: { digest: 'sha256', kty: 'RSA' },
  RS384: { digest: 'sha384', kty: 'RSA' },
  RS512: { digest: 'sha512', kty: 'RSA' },
  PS256: { digest: 'sha256', kty: 'RSA', pss: true },
  PS384: { digest: 'sha384', kty: 'RSA', pss: true },
  PS512: { digest: 'sha512', kty: 'RSA', pss: true },
  EdDSA: { digest: null, kty: 'OKP', crv: 'Ed25519', signatureBytes: 64 },
  HS256: { digest: 'sha256', kty: 'oct', signatureBytes: 32 },
  HS384: { digest: 'sha384', kty: 'oct', signatureBytes: 48 },
  HS512: { digest: 'sha512', kty: 'oct', signatureBytes: 64 },
};

/** The key as crypto.verify wants it for `algorithm`, made once for each key and algorithm. */
export function verifyInput(
  algorithm: AsymmetricAlgorithm,
  key: KeyObject,
): KeyObject | VerifyKeyObjectInput {
  const { kty, pss } = ALGORITHM_PARAMETERS[algorithm];
  // JWS writes ECDSA signatures as R || S (RFC 7518 section 3.4), OpenSSL as DER by default.
  if (kty === 'EC') return { key, dsaEncoding: 'ieee-p1363' };
  if (pss) {
    return {
      key,
      padding: constants.RSA_PKCS1_PSS_PADDING,
      saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
    };
  }
  return key;
}

/** Whether `secret` has the length that RFC 7518 section 3.2 asks for: that of the digest. */
export function isLongEnough(algorithm: HmacAlgorithm, secret: Uint8Array): boolean {
  return secret.length >= (ALGORITHM_PARAMETERS[algorithm].signatureBytes ?? Infinity);
}
