/** Takes a compact JWS apart, strictly: one text for each token (RFC 7515 section 7.1). */
import { RefusedTokenError } from '../access-token/refusal.js';
import { decodeBase64url } from './base64url.js';
import { parseStrictObject, type JsonObject } from './strict-json.js';

/** A compact JWS in its parts, none of them checked against a key yet. */
export interface CompactJws {
  readonly header: JsonObject;
  readonly payload: JsonObject;
  /** The bytes that were signed: header and payload as they stood in the token. */
  readonly signingInput: Buffer;
  readonly signature: Buffer;
}

/**
 * Parses exactly three non-empty, canonical base64url segments whose header and payload are strict
 * JSON objects. `crit` and `b64` are refused here for every issuer: Keyward implements no extension
 * that they could announce, and a header that changes what was signed must never be skipped.
 *
 * @param rememberHeader false for a JWS whose header hardly comes again, so that it drives out no other
 * @throws RefusedTokenError naming the rule
 * @see RFC 7515 sections 4.1.11 and 5.2, RFC 7797 section 6, RFC 8725 section 3.1
 */
export function parseCompactJws(token: string, rememberHeader = true): CompactJws {
  const first = token.indexOf('.');
  const second = token.indexOf('.', first + 1);
  const third = token.indexOf('.', second + 1);
  if (first === -1 || second === -1 || third !== -1) throw refuseSegments(token);
  const header = parseHeader(token.slice(0, first), rememberHeader);
  const payload = parseStrictObject(decodeSegment(token.slice(first + 1, second)));
  const signature = decodeSegment(token.slice(second + 1));
  // Both segments are ASCII by now, so one byte a character is exact.
  return {
    header,
    payload,
    signature,
    signingInput: Buffer.from(token.slice(0, second), 'latin1'),
  };
}

/**
 * Headers by their segments: all tokens of one key have the same. Parsing depends on nothing but the
 * segment, so remembering it changes no answer; only what parsed without fault is remembered.
 */
const headers = new Map<string, JsonObject>();
const MAXIMUM_HEADERS = 64;
const MAXIMUM_REMEMBERED_LENGTH = 512;

function parseHeader(segment: string, remember: boolean): JsonObject {
  const known = headers.get(segment);
  if (known !== undefined) return known;
  const bytes = decodeSegment(segment);
  const header = parseStrictObject(bytes);
  if (header['crit'] !== undefined) throw new RefusedTokenError('canonical', 'critical_header');
  if (header['b64'] !== undefined) throw new RefusedTokenError('canonical', 'unencoded_payload');
  if (remember && segment.length <= MAXIMUM_REMEMBERED_LENGTH) {
    // A flood of different headers costs each its parsing, as it would without the memory.
    if (headers.size >= MAXIMUM_HEADERS) headers.clear();
    // Written anew: a slice would keep the whole token in memory, where nothing to present may stay.
    headers.set(bytes.toString('base64url'), Object.freeze(header));
  }
  return header;
}

function decodeSegment(segment: string): Buffer {
  if (segment === '') throw new RefusedTokenError('canonical', 'not_a_jws', 'an empty segment');
  const bytes = decodeBase64url(segment);
  if (bytes === undefined) throw new RefusedTokenError('canonical', 'not_base64url');
  return bytes;
}

function refuseSegments(token: string): RefusedTokenError {
  const segments = token.split('.').length;
  return segments === 5
    ? new RefusedTokenError('canonical', 'encrypted_token', 'five segments: a JWE')
    : new RefusedTokenError('canonical', 'not_a_jws', `${segments} segments instead of 3`);
}
