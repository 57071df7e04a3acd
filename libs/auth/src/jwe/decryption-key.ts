/** A private key of this resource server: finds the content key of a token that is encrypted to it. */
import {
  constants,
  createPrivateKey,
  diffieHellman,
  type JsonWebKey,
  type KeyObject,
  privateDecrypt,
  randomBytes,
} from 'node:crypto';
import { type KeyManagementAlgorithm } from '@keyward/oauth';
import { RefusedTokenError, shown } from '../access-token/refusal.js';
import { decodeBase64url } from '../jws/base64url.js';
import { type JsonObject } from '../jws/strict-json.js';
import { type CompactJwe } from './compact-jwe.js';
import { deriveContentKey } from './concat-kdf.js';
import { type AgreementCurve, importEphemeralKey } from './ephemeral-key.js';

/** Of A256GCM, the one content encryption. */
const CONTENT_KEY_BYTES = 32;
const CONTENT_ALGORITHM = 'A256GCM';

const MAXIMUM_PARTY_BYTES = 512;

const CURVES: readonly AgreementCurve[] = [
  { kty: 'EC', crv: 'P-256', coordinates: ['x', 'y'] },
  { kty: 'OKP', crv: 'X25519', coordinates: ['x'] },
];

/** One key, for the one algorithm that its type is for. */
export class DecryptionKey {
  readonly alg: KeyManagementAlgorithm;

  /** @param curve undefined for an RSA key */
  constructor(
    readonly kid: string,
    readonly privateKey: KeyObject,
    private readonly curve: AgreementCurve | undefined,
  ) {
    this.alg = curve === undefined ? 'RSA-OAEP-256' : 'ECDH-ES';
  }

  /**
   * The key that the content is encrypted by. Whatever was not made for this key gives some other key,
   * and fails at the tag: there is one way to fail, so that nobody learns how far a forgery got.
   *
   * @throws RefusedTokenError for what can be told from the token alone
   * @see RFC 7516 section 11.5
   */
  contentKeyOf({ header, encryptedKey }: CompactJwe): Buffer {
    return this.curve === undefined
      ? this.unwrap(header, encryptedKey)
      : this.agree(header, encryptedKey, this.curve);
  }

  /** @see RFC 7518 section 4.3 */
  private unwrap(header: JsonObject, encryptedKey: Buffer): Buffer {
    if (header['epk'] !== undefined) throw refuse('ephemeral_key', 'epk is not for RSA');
    const { modulusLength = 0 } = this.privateKey.asymmetricKeyDetails ?? {};
    if (encryptedKey.length * 8 !== modulusLength) {
      throw refuse('not_a_jwe', 'the encrypted key is not as long as the modulus');
    }
    const substitute = randomBytes(CONTENT_KEY_BYTES);
    try {
      const unwrapped = privateDecrypt(
        { key: this.privateKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' },
        encryptedKey,
      );
      return unwrapped.length === CONTENT_KEY_BYTES ? unwrapped : substitute;
    } catch {
      return substitute;
    }
  }

  /** @see RFC 7518 section 4.6 */
  private agree(header: JsonObject, encryptedKey: Buffer, curve: AgreementCurve): Buffer {
    if (encryptedKey.length > 0) throw refuse('not_a_jwe', 'ECDH-ES has no encrypted key');
    const publicKey = importEphemeralKey(header['epk'], curve);
    let secret: Buffer;
    try {
      secret = diffieHellman({ privateKey: this.privateKey, publicKey });
    } catch {
      // RFC 7748 section 6.1: a point of small order agrees with everyone on zero.
      throw refuse('ephemeral_key', 'epk is of small order');
    }
    return deriveContentKey(secret, {
      algorithm: CONTENT_ALGORITHM,
      apu: partyOf(header, 'apu'),
      apv: partyOf(header, 'apv'),
      keyBytes: CONTENT_KEY_BYTES,
    });
  }
}

/**
 * Imports a private JWK of the resource server's own.
 * @throws TypeError for a key that cannot be used: this is the program's own configuration
 */
export function importDecryptionKey(jwk: JsonObject): DecryptionKey {
  const { kid, kty, crv } = jwk;
  if (typeof kid !== 'string' || kid === '') throw new TypeError('a decryption key needs a kid');
  const fail = (why: string, cause?: unknown) =>
    new TypeError(`the decryption key ${shown(kid)} ${why}`, { cause });
  if (jwk['use'] !== undefined && jwk['use'] !== 'enc') throw fail('is not for encryption');
  const curve = CURVES.find((one) => one.kty === kty && one.crv === crv);
  if (curve === undefined && kty !== 'RSA') throw fail('is neither P-256, X25519 nor RSA');
  let key: KeyObject;
  try {
    key = createPrivateKey({ key: jwk as JsonWebKey, format: 'jwk' });
  } catch (cause) {
    throw fail('is not a private key', cause);
  }
  const { modulusLength = Infinity } = key.asymmetricKeyDetails ?? {};
  if (modulusLength < 2048) throw fail(`is RSA of ${modulusLength} bits, below 2048`);
  const imported = new DecryptionKey(kid, key, curve);
  if (jwk['alg'] !== undefined && jwk['alg'] !== imported.alg) throw fail('is for another alg');
  return imported;
}

function partyOf(header: JsonObject, member: 'apu' | 'apv'): Buffer {
  const value = header[member];
  if (value === undefined) return Buffer.alloc(0);
  const bytes = typeof value === 'string' ? decodeBase64url(value) : undefined;
  if (bytes === undefined || bytes.length > MAXIMUM_PARTY_BYTES) {
    throw refuse('ephemeral_key', `${member} is not base64url, or too long`);
  }
  return bytes;
}

function refuse(reason: 'ephemeral_key' | 'not_a_jwe', detail: string): RefusedTokenError {
  return new RefusedTokenError('canonical', reason, detail);
}
