/** The algorithms that Keyward knows: those of JWS, which of them are asymmetric, and those of JWE. */

/**
 * Asymmetric JWS algorithms, the only ones a key from a JWK Set may be used with.
 * @see RFC 7518 section 3.1, RFC 8037 section 3.1
 */
export const ASYMMETRIC_ALGORITHMS = [
  'ES256',
  'ES384',
  'ES512',
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'EdDSA',
] as const;

/**
 * HMAC algorithms: only for an issuer that shares a secret with the resource server.
 * @see RFC 7518 section 3.2
 */
export const HMAC_ALGORITHMS = ['HS256', 'HS384', 'HS512'] as const;

/** An asymmetric JWS `alg` value. `EdDSA` means Ed25519 alone. */
export type AsymmetricAlgorithm = (typeof ASYMMETRIC_ALGORITHMS)[number];

/** An HMAC JWS `alg` value. */
export type HmacAlgorithm = (typeof HMAC_ALGORITHMS)[number];

/** Every JWS `alg` value that Keyward can check. `none` is not one. */
export type SignatureAlgorithm = AsymmetricAlgorithm | HmacAlgorithm;

const ASYMMETRIC = new Set<string>(ASYMMETRIC_ALGORITHMS);
const HMAC = new Set<string>(HMAC_ALGORITHMS);

/** Whether `alg` names an asymmetric algorithm of the list above, compared exactly. */
export function isAsymmetricAlgorithm(alg: string): alg is AsymmetricAlgorithm {
  return ASYMMETRIC.has(alg);
}

/** Whether `alg` names an HMAC algorithm of the list above, compared exactly. */
export function isHmacAlgorithm(alg: string): alg is HmacAlgorithm {
  return HMAC.has(alg);
}

/**
 * JWE `alg` values, the whole list: no secret that two share (`dir`, A*KW), no password (PBES2), and
 * no RSA1_5, whose padding tells whoever may ask often enough what was encrypted.
 * @see RFC 7518 sections 4.3 and 4.6, RFC 8725 section 3.2
 */
export const KEY_MANAGEMENT_ALGORITHMS = ['ECDH-ES', 'RSA-OAEP-256'] as const;

/**
 * JWE `enc` values, the whole list.
 * @see RFC 7518 section 5.3
 */
export const CONTENT_ENCRYPTION_ALGORITHMS = ['A256GCM'] as const;

/** A JWE `alg` value of Keyward. ECDH-ES is on P-256 or X25519. */
export type KeyManagementAlgorithm = (typeof KEY_MANAGEMENT_ALGORITHMS)[number];

/** A JWE `enc` value of Keyward. */
export type ContentEncryptionAlgorithm = (typeof CONTENT_ENCRYPTION_ALGORITHMS)[number];
