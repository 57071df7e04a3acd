/** Writes access tokens segment by segment, so that every one of them can be wrong. */
import { hmacBytes, signBytes, type SigningKey } from './signing-key.js';

/** A segment before its encoding: an object is written as JSON, text and bytes stay as they are. */
export type TokenSegment = object | string | Uint8Array;

/** Makes the signature over what stands before it. */
export type TokenSigner = (signingInput: Buffer) => Uint8Array;

/** What of a token is other than usual. */
export interface TokenParts {
  readonly header?: TokenSegment;
  readonly payload?: TokenSegment;
  readonly signer?: TokenSigner;
}

/** Claims that are other than usual. */
export type TokenClaims = Readonly<Record<string, unknown>>;

/** Whoever makes good tokens, from which bad ones are made. */
export interface TokenSource {
  /** The issuer's identifier. */
  readonly url: string;
  readonly audience: string;
  readonly key: SigningKey;
  readonly clock: { seconds(): number };
  header(members?: object): object;
  claims(claims?: TokenClaims): TokenClaims;
  forge(parts?: TokenParts): string;
}

/** Signs as `key` does for its own algorithm, whatever the header says. */
export function signWith(key: SigningKey): TokenSigner {
  return (input) => signBytes(key, input);
}

/** Signs by HMAC-SHA-256, with whatever bytes stand for the secret. */
export function hmacWith(secret: string | Uint8Array): TokenSigner {
  return (input) => hmacBytes(secret, input);
}

/** The base64url of a segment. */
export function encodeSegment(segment: TokenSegment): string {
  const raw = typeof segment === 'string' || segment instanceof Uint8Array;
  return Buffer.from(raw ? segment : JSON.stringify(segment)).toString('base64url');
}

/** A token whose first two segments stand there as they are given, whatever their encoding. */
export function signSegments(header: string, payload: string, signer: TokenSigner): string {
  const input = `${header}.${payload}`;
  return `${input}.${Buffer.from(signer(Buffer.from(input))).toString('base64url')}`;
}

/** A token of this header and this payload, with a signature by `signer`. */
export function signToken(
  header: TokenSegment,
  payload: TokenSegment,
  signer: TokenSigner,
): string {
  return signSegments(encodeSegment(header), encodeSegment(payload), signer);
}
