/** Makes signing keys, and takes them from their stored to their usable form, whoever holds them. */
import { randomBytes, type KeyObject } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { importJwkSet } from '@keyward/auth';
import { exportJWK, type JWK } from 'jose';
import { type SigningAlgorithm } from '../config/environment.schema.js';
import { StartupError } from '../config/startup.error.js';
import { thumbprintOf } from './key.thumbprint.js';
import { isSignature } from './signature.js';
import { type OpenedKey } from './signer.js';
import { Signers } from './signers.js';
import { type SigningKey, type StoredSigningKey } from './signing-key.js';

type KeyTimes = Pick<StoredSigningKey, 'status' | 'signFrom' | 'signUntil' | 'createdAt'>;

const NONCE_BYTES = 16;

/** No key comes out of it before it was seen to sign for its public half. */
@Injectable()
export class SigningKeyVault {
  constructor(private readonly signers: Signers) {}

  /**
   * A new key, made by the signer that the configuration names.
   * @param times its place in the life cycle; by default it signs from now on, without an end
   * @throws TemporarilyUnavailableError where the signer does not answer
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
    const { publicJwk, ...held } = await this.signers.making.generate(algorithm);
    const kid = await thumbprintOf(publicJwk);
    return {
      kid,
      algorithm,
      publicJwk: publishedJwk(publicJwk, algorithm, kid),
      ...held,
      ...times,
    };
  }

  /**
   * @throws KeyDecryptionError where the private part cannot be read
   * @throws CorruptedKeyError where the row is not the key that it says it is
   * @throws TemporarilyUnavailableError where its signer does not answer
   */
  async open(stored: StoredSigningKey): Promise<SigningKey> {
    const { kid, algorithm, publicJwk, status, signFrom, signUntil, createdAt } = stored;
    const { publicKey, sign } = await this.signers.holderOf(stored).open(stored);
    await checkPublicHalf(stored, publicKey);
    await checkPossession(stored, { publicKey, sign });
    const verificationKey = verificationKeyOf(publicKey, kid, algorithm);
    const facts = { kid, algorithm, publicJwk, status, signFrom, signUntil, createdAt };
    return { ...facts, publicKey, sign, verificationKey };
  }
}

/** A row whose parts do not belong together: somebody or something changed it. */
export class CorruptedKeyError extends StartupError {
  constructor(kid: string, why = 'its public half does not belong to its private half') {
    super(`signing_key ${kid} is corrupted: ${why}. Restore the row, or revoke the key`);
  }
}

/** The public half as the JWK Set shows it. */
export function publishedJwk(publicJwk: JWK, algorithm: SigningAlgorithm, kid: string): JWK {
  return { ...publicJwk, alg: algorithm, use: 'sig', kid };
}

// What is published must be what signs: else resource servers would trust a key of somebody else's.
async function checkPublicHalf({ kid, algorithm, publicJwk }: StoredSigningKey, key: KeyObject) {
  const published = await thumbprintOf(publicJwk).catch(() => null);
  const own = await thumbprintOf(await exportJWK(key));
  const isNamed = publicJwk.kid === kid && publicJwk.alg === algorithm;
  if (published !== own || !isNamed) throw new CorruptedKeyError(kid);
}

// A signer elsewhere may hold another key under the name; the text can be no part of any token.
async function checkPossession({ kid, algorithm }: StoredSigningKey, key: OpenedKey) {
  const text = Buffer.from(`keyward/possession ${kid} ${randomBytes(NONCE_BYTES).toString('hex')}`);
  if (await isSignature(algorithm, text, key.publicKey, await key.sign(text))) return;
  throw new CorruptedKeyError(kid, 'its signer signs with another key');
}

// Of the key that signs, not of the stored JWK: so the two can never differ.
function verificationKeyOf(publicKey: KeyObject, kid: string, alg: SigningAlgorithm) {
  const jwk = { ...publicKey.export({ format: 'jwk' }), kid, alg };
  return importJwkSet({ keys: [jwk] }, [alg]).keys[0] ?? null;
}
