/** Port: the signing keys of this server. */
import { type SignerName } from '../config/signing-key.variables.js';
import {
  type GoneSigningKey,
  type SigningKeyStatus,
  type SigningPlan,
  type StoredSigningKey,
} from './signing-key.js';

/** Every key that is not revoked, at one moment. */
export interface StoredKeys {
  /** The store's own time, which every replica plans by. */
  readonly now: Date;
  /** What the JWK Set shows, ordered by kid. */
  readonly published: readonly StoredSigningKey[];
  readonly gone: readonly GoneSigningKey[];
}

/** A key's next place in its life. */
export interface SigningKeyUpdate extends Omit<SigningPlan, 'status'> {
  readonly kid: string;
  /** A key that is `gone` loses its private half for good. */
  readonly status: Exclude<SigningKeyStatus, 'revoked'>;
}

/** A key's private half as it is to be stored. */
export interface EncryptedPrivateKey {
  readonly kid: string;
  readonly encryptedPrivateKey: Buffer;
  readonly keyVersion: number;
}

/** What is changed together. */
export interface SigningKeyChanges {
  readonly updates: readonly SigningKeyUpdate[];
  readonly added: readonly StoredSigningKey[];
  /** Private halves under another version of the key encryption key. */
  readonly encrypted?: readonly EncryptedPrivateKey[];
}

/** A key of any status, without its private half. */
export interface SigningKeyEntry extends GoneSigningKey, Omit<SigningPlan, 'status'> {
  readonly status: SigningKeyStatus;
  readonly signer: SignerName;
  readonly createdAt: Date;
}

/** Reads and plans signing keys. Revoking one is the record of revocations' work. */
export abstract class SigningKeyStore {
  /** @throws TemporarilyUnavailableError where the store cannot be reached */
  abstract find(): Promise<StoredKeys>;

  /**
   * Every key that there ever was, revoked ones included, the oldest first.
   * @throws TemporarilyUnavailableError where the store cannot be reached
   */
  abstract list(): Promise<readonly SigningKeyEntry[]>;

  /**
   * Changes keys as `decide` says, which sees them while no other replica can change any. All of it
   * happens or nothing. A key that is revoked meanwhile stays revoked.
   *
   * @param contention where another replica is at it: wait for it, or leave it to that one
   * @returns false where it was left to another replica
   * @throws TemporarilyUnavailableError where the store cannot be reached
   */
  abstract change(
    decide: (keys: StoredKeys) => Promise<SigningKeyChanges>,
    contention: 'wait' | 'skip',
  ): Promise<boolean>;
}
