/** Port: the signing keys of this server. */
import { type SigningAlgorithm } from '../config/environment.schema.js';
import { type StoredSigningKey } from './signing-key.js';

/** Reads and creates signing keys. */
export abstract class SigningKeyStore {
  /**
   * Creates an active key for the algorithm if there is none. However many replicas ask at once,
   * `generate` is called by at most one and one key is created.
   *
   * @throws TemporarilyUnavailableError where the store cannot be reached
   */
  abstract ensureActive(
    algorithm: SigningAlgorithm,
    generate: () => Promise<StoredSigningKey>,
  ): Promise<void>;

  /**
   * Every key that is published: pending, active and retired ones, ordered by kid.
   * @throws TemporarilyUnavailableError where the store cannot be reached
   */
  abstract findPublished(): Promise<readonly StoredSigningKey[]>;
}
