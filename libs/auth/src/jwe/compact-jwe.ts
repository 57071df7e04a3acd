/** Takes a compact JWE apart, strictly, before any key is touched (RFC 7516 section 7.1). */
import {
  CONTENT_ENCRYPTION_ALGORITHMS,
  KEY_MANAGEMENT_ALGORITHMS,
  type KeyManagementAlgorithm,
} from '@keyward/oauth';
import { type RefusalReason, RefusedTokenError, shown } from '../access-token/refusal.js';
import { decodeBase64url } from '../jws/base64url.js';
import { parseStrictObject, type JsonObject } from '../jws/strict-json.js';

/** A compact JWE in its parts, its header found acceptable. */
export interface CompactJwe {
  readonly alg: KeyManagementAlgorithm;
  readonly kid: string;
  /** The whole header, for what belongs to the algorithm: `epk`, `apu`, `apv`. */
  readonly header: JsonObject;
  /** The header as it stood in the token, which the tag covers (section 5.2 step 15). */
  readonly additionalData: Buffer;
  readonly encryptedKey: Buffer;
  readonly iv: Buffer;
  readonly ciphertext: Buffer;
  readonly tag: Buffer;
}

/** The sizes of AES-GCM (RFC 7518 section 5.3). */
const IV_BYTES = 12;
const TAG_BYTES = 16;

const SEGMENTS = 5;
const MAXIMUM_KID_LENGTH = 256;
const TYPES = new Set(['at+jwt', 'application/at+jwt', 'jwt', 'application/jwt']);

/**
 * Members that would change what is done with the token: what must be understood, compression (a short
 * token that becomes a long one), and the work factor of a password that a sender may choose.
 */
const FORBIDDEN: Readonly<Record<string, RefusalReason>> = {
  crit: 'critical_header',
  zip: 'compressed_token',
  p2c: 'password_header',
  p2s: 'password_header',
  b64: 'unencoded_payload',
};

/** Whether a token is written as a JWE is, in five segments. */
export function isCompactJwe(token: string): boolean {
  // What has more segments is no JWE either; a text of dots alone is not split further.
  return token.split('.', SEGMENTS + 1).length === SEGMENTS;
}

/**
 * Parses five canonical segments under a header that names an algorithm of the list, a content
 * encryption of the list, one of our keys and a JWT inside.
 *
 * @throws RefusedTokenError naming the rule
 * @see RFC 7516 section 5.2, RFC 7519 section 5.2, RFC 8725 sections 3.1, 3.2 and 3.6
 */
export function parseCompactJwe(token: string): CompactJwe {
  const segments = token.split('.');
  const [protectedHeader = '', ...rest] = segments.map(decodeSegment);
  const [encryptedKey, iv, ciphertext, tag] = rest as [Buffer, Buffer, Buffer, Buffer];
  const header = parseStrictObject(protectedHeader as Buffer);
  for (const [member, reason] of Object.entries(FORBIDDEN)) {
    if (header[member] !== undefined) throw refuse(reason, member);
  }
  const { alg, enc, kid, cty, typ } = header;
  if (typeof alg !== 'string') throw refuse('algorithm_type', shown(alg));
  if (!isOneOf(KEY_MANAGEMENT_ALGORITHMS, alg)) throw refuse('algorithm_not_allowed', shown(alg));
  if (typeof enc !== 'string' || !isOneOf(CONTENT_ENCRYPTION_ALGORITHMS, enc)) {
    throw refuse('encryption_not_allowed', shown(enc));
  }
  if (kid === undefined) throw refuse('key_id_missing', 'of a JWE');
  if (typeof kid !== 'string' || kid.length > MAXIMUM_KID_LENGTH) {
    throw refuse('key_id_type', shown(kid));
  }
  // RFC 7519 section 5.2: what is nested says so; and only what is signed within is looked for.
  if (typeof cty !== 'string' || cty.toUpperCase() !== 'JWT')
    throw refuse('cty_not_jwt', shown(cty));
  if (typ !== undefined && (typeof typ !== 'string' || !TYPES.has(typ.toLowerCase()))) {
    throw refuse('typ_not_allowed', shown(typ));
  }
  if (iv.length !== IV_BYTES || tag.length !== TAG_BYTES || ciphertext.length === 0) {
    throw refuse('not_a_jwe', 'the sizes are not those of A256GCM');
  }
  const additionalData = Buffer.from(segments[0] ?? '', 'latin1');
  return { alg, kid, header, additionalData, encryptedKey, iv, ciphertext, tag };
}

function decodeSegment(segment: string): Buffer {
  const bytes = decodeBase64url(segment);
  if (bytes === undefined) throw refuse('not_base64url');
  return bytes;
}

function isOneOf<T extends string>(list: readonly T[], value: string): value is T {
  return list.some((one) => one === value);
}

function refuse(reason: RefusalReason, detail?: string): RefusedTokenError {
  return new RefusedTokenError('canonical', reason, detail);
}
