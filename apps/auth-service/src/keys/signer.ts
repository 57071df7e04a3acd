/** Port: makes private keys and signs by them, wherever they are: in their rows, or outside of this process. */
import { type KeyObject } from 'node:crypto';
import { TemporarilyUnavailableError } from '@keyward/oauth';
import { type JWK } from 'jose';
import { type SigningAlgorithm } from '../config/environment.schema.js';
import { type SignerName } from '../config/signing-key.variables.js';
import { type HeldPrivateKey, type StoredSigningKey } from './signing-key.js';

/** A key that was just made: what its row is to say of its private half, and the public one. */
export interface GeneratedKey extends HeldPrivateKey {
  /** Without private members. */
  readonly publicJwk: JWK;
}

/** A key that can be used. */
export interface OpenedKey {
  readonly publicKey: KeyObject;
  /**
   * Signs `data`, in the form that JWS wants.
   * @throws TemporarilyUnavailableError where the signer does not answer, or not by this key
   */
  readonly sign: (data: Buffer) => Promise<Buffer>;
}

/** One backend. Any number of replicas use it at once. */
export abstract class Signer {
  abstract readonly name: SignerName;

  /**
   * A new key pair. Where this fails half-way, a key may be left that nothing names.
   * @throws TemporarilyUnavailableError where the signer does not answer
   */
  abstract generate(algorithm: SigningAlgorithm): Promise<GeneratedKey>;

  /**
   * @throws StartupError where the private half is not what the row says
   * @throws TemporarilyUnavailableError where the signer does not answer
   */
  abstract open(stored: StoredSigningKey): Promise<OpenedKey>;

  /**
   * Destroys a private half that nothing needs any more. Idempotent.
   * @throws TemporarilyUnavailableError where the signer does not answer
   */
  abstract destroy(key: Pick<HeldPrivateKey, 'signerKey'>): Promise<void>;
}

/** A signer outside of this process that did not do what it was asked. Nothing takes its place. */
export class SignerUnavailableError extends TemporarilyUnavailableError {
  /** @param reason for the operator, in full: also said where the process cannot start */
  constructor(reason: string, options?: ErrorOptions) {
    super('no token can be signed now', reason, undefined, options);
  }
}
