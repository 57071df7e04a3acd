/** Port: which signing algorithms clients and resources are registered with. */
import { type SigningAlgorithm } from '../config/environment.schema.js';

/** Read at every poll of the signing keys, so that each of them has a key before it is needed. */
export abstract class RegisteredAlgorithms {
  /**
   * Each once; what this release does not know is left out.
   * @throws TemporarilyUnavailableError where the store cannot be reached
   */
  abstract find(): Promise<readonly SigningAlgorithm[]>;
}
