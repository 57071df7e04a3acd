/** Forges access tokens: good ones by jose, and broken ones byte by byte, signed or not. */
import { constants, createHmac, sign, type JsonWebKey, type KeyObject } from 'node:crypto';
import { SignJWT } from 'jose';
import { generateKeyPair } from './key-pair.js';
import { type TestClock } from './resource-server-clock.js';

/** Algorithms that the forge signs with. */
export type ForgeAlgorithm = 'ES256' | 'RS256' | 'PS256' | 'EdDSA';

/** A key pair of an issuer. */
export interface SigningKey {
  readonly kid: string;
  readonly alg: ForgeAlgorithm;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  /** The public half as a JWK Set publishes it. */
  readonly jwk: JsonWebKey & { readonly kid: string };
}

/** A segment of a token: an object is written as JSON, text and bytes stay as they are. */
export type Segment = object | string | Uint8Array;

/** Makes the signature over a signing input; the segments before it are decided already. */
export type Signer = (signingInput: Buffer) => Uint8Array;

/** Makes a key pair. */
export function createSigningKey(alg: ForgeAlgorithm, kid: string): SigningKey {
  const { privateKey, publicKey } = generateKeys(alg);
  const jwk = { ...publicKey.export({ format: 'jwk' }), kid, alg, use: 'sig' };
  return { kid, alg, privateKey, publicKey, jwk };
}

/** Signs as `key` does for its own algorithm, whatever the token's header claims. */
export function signWith({ alg, privateKey }: SigningKey): Signer {
  if (alg === 'EdDSA') return (input) => sign(null, input, privateKey);
  if (alg === 'ES256') {
    return (input) => sign('sha256', input, { key: privateKey, dsaEncoding: 'ieee-p1363' });
  }
  if (alg === 'RS256') return (input) => sign('sha256', input, privateKey);
  const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 };
  return (input) => sign('sha256', input, { key: privateKey, ...pss });
}

/** Signs by HMAC-SHA-256 with whatever bytes stand for the secret. */
export function hmacWith(secret: string | Uint8Array): Signer {
  return (input) => createHmac('sha256', secret).update(input).digest();
}

/** A base64url segment of `part`. */
export function encodeSegment(part: Segment): string {
  const isRaw = typeof part === 'string' || part instanceof Uint8Array;
  return Buffer.from(isRaw ? part : JSON.stringify(part)).toString('base64url');
}

/** A token whose first two segments stand there as given, whatever their encoding. */
export function signSegments(header: string, payload: string, signer: Signer): string {
  const input = `${header}.${payload}`;
  return `${input}.${Buffer.from(signer(Buffer.from(input))).toString('base64url')}`;
}

/** Tokens of one issuer for one audience. A member overridden with undefined is left out. */
export class TokenForge {
  constructor(
    readonly issuer: string,
    readonly audience: string,
    readonly key: SigningKey,
    private readonly clock: TestClock,
  ) {}

  /** The header of a good token. */
  header(overrides: object = {}): object {
    return { alg: this.key.alg, typ: 'at+jwt', kid: this.key.kid, ...overrides };
  }

  /** The claims of a good token: RFC 9068 section 2.2, five minutes. */
  claims(overrides: object = {}): object {
    const now = this.clock.nowSeconds();
    return {
      iss: this.issuer,
      sub: 'alice',
      aud: this.audience,
      iat: now,
      exp: now + 300,
      jti: `token-${(serial += 1)}`,
      client_id: 'shop',
      scope: 'orders:read orders:write',
      ...overrides,
    };
  }

  /** A good token as jose signs it; the overrides decide whether it stays good. */
  async issue(claims: object = {}, header: object = {}): Promise<string> {
    return new SignJWT(this.claims(claims) as Record<string, unknown>)
      .setProtectedHeader(this.header(header) as { alg: string })
      .sign(this.key.privateKey);
  }

  /** A token with this header and these claims, signed properly by this issuer's key. */
  forge(parts: { header?: Segment; payload?: Segment; signer?: Signer } = {}): string {
    const { header = this.header(), payload = this.claims() } = parts;
    const signer = parts.signer ?? signWith(this.key);
    return signSegments(encodeSegment(header), encodeSegment(payload), signer);
  }
}

let serial = 0;

function generateKeys(alg: ForgeAlgorithm): { privateKey: KeyObject; publicKey: KeyObject } {
  if (alg === 'ES256') return generateKeyPair({ type: 'ec', namedCurve: 'P-256' });
  if (alg === 'EdDSA') return generateKeyPair({ type: 'ed25519' });
  return generateKeyPair({ type: 'rsa', modulusLength: 2048 });
}
