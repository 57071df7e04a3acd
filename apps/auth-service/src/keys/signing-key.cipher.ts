/** Makes signing keys, and takes them between their stored and their usable form. */
import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { Injectable } from '@nestjs/common';
import { importJwkSet } from '@keyward/auth';
import { calculateJwkThumbprint, exportJWK, type JWK } from 'jose';
import { type SigningAlgorithm } from '../config/environment.schema.js';
import { StartupError } from '../config/startup.error.js';
import { KeyEncryption } from './key-encryption.js';
import { type SigningKey, type StoredSigningKey } from './signing-key.js';
import { type EncryptedPrivateKey } from './signing-key.store.js';

const generate = promisify(generateKeyPair);

/** RFC 7518 section 3.3 wants 2048 bits at least; 3072 match the strength of P-256. */
const RSA_MODULUS_BITS = 3072;

type KeyTimes = Pick<StoredSigningKey, 'status' | 'signFrom' | 'signUntil' | 'createdAt'>;

/** The only place that sees a private key in the clear. */
@Injectable()
export class SigningKeyCipher {
  constructor(private readonly encryption: KeyEncryption) {}

  /**
   * A new key, its private part already encrypted.
   * @param times its place in the life cycle; by default it signs from now on, without an end
   */
  async generate(
    algorithm: SigningAlgorithm,
    times: KeyTimes = {
      status: 'active',
      signFrom: new Date(),
      signUntil: null,
      createdAt: new Date(),
    },
  ): Promise<StoredSigningKey> {
    const { publicKey, privateKey } = await generatePair(algorithm);
    const publicJwk: JWK = { ...(await exportJWK(publicKey)), alg: algorithm, use: 'sig' };
    const kid = await calculateJwkThumbprint(publicJwk, 'sha256');
    const der = privateKey.export({ format: 'der', type: 'pkcs8' });
    return {
      kid,
      algorithm,
      publicJwk: { ...publicJwk, kid },
      encryptedPrivateKey: await this.encryption.encrypt(der, contextOf(kid)),
      keyVersion: this.encryption.currentVersion,
      ...times,
    };
  }

  /** Whether a key is encrypted under an older version than it could be. */
  isOutdated({ keyVersion }: StoredSigningKey): boolean {
    return keyVersion < this.encryption.currentVersion;
  }

  /**
   * The private part under the newest version.
   * @throws KeyDecryptionError where it cannot be read
   */
  async reencrypt(stored: StoredSigningKey): Promise<EncryptedPrivateKey> {
    const { kid, encryptedPrivateKey, keyVersion } = stored;
    const der = await this.encryption.decrypt(encryptedPrivateKey, contextOf(kid), keyVersion);
    const encrypted = await this.encryption.encrypt(der, contextOf(kid));
    der.fill(0);
    return { kid, encryptedPrivateKey: encrypted, keyVersion: this.encryption.currentVersion };
  }

  /**
   * @throws KeyDecryptionError where the private part cannot be read
   * @throws CorruptedKeyError where the row is not the key that it says it is
   */
  async open(stored: StoredSigningKey): Promise<SigningKey> {
    const { kid, encryptedPrivateKey, keyVersion, ...rest } = stored;
    const der = await this.encryption.decrypt(encryptedPrivateKey, contextOf(kid), keyVersion);
    const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
    der.fill(0);
    const publicKey = createPublicKey(privateKey);
    await checkPublicHalf(stored, publicKey);
    const verificationKey = verificationKeyOf(publicKey, kid, stored.algorithm);
    return { ...rest, kid, privateKey, publicKey, verificationKey };
  }
}

/** A row whose parts do not belong together: somebody or something changed it. */
export class CorruptedKeyError extends StartupError {
  constructor(kid: string) {
    super(`signing_key ${kid} is corrupted: its public half does not belong to its private half`);
  }
}

// What is published must be what signs: else resource servers would trust a key of somebody else's.
async function checkPublicHalf({ kid, algorithm, publicJwk }: StoredSigningKey, key: KeyObject) {
  const published = await calculateJwkThumbprint(publicJwk, 'sha256').catch(() => null);
  const own = await calculateJwkThumbprint(await exportJWK(key), 'sha256');
  const isNamed = publicJwk.kid === kid && publicJwk.alg === algorithm;
  if (published !== kid || own !== kid || !isNamed) throw new CorruptedKeyError(kid);
}

// Of the key that signs, not of the stored JWK: so the two can never differ.
function verificationKeyOf(publicKey: KeyObject, kid: string, alg: SigningAlgorithm) {
  const jwk = { ...publicKey.export({ format: 'jwk' }), kid, alg };
  return importJwkSet({ keys: [jwk] }, [alg]).keys[0] ?? null;
}

// Names the table and the row, so that a ciphertext cannot be moved to another.
function contextOf(kid: string): string {
  return `signing_key ${kid}`;
}

function generatePair(
  algorithm: SigningAlgorithm,
): Promise<{ publicKey: KeyObject; privateKey: KeyObject }> {
  switch (algorithm) {
    case 'ES256':
      return generate('ec', { namedCurve: 'P-256' });
    case 'ES384':
      return generate('ec', { namedCurve: 'P-384' });
    case 'EdDSA':
      return generate('ed25519');
    case 'RS256':
    case 'PS256':
      return generate('rsa', { modulusLength: RSA_MODULUS_BITS });
  }
}
