/** Port: the declared types of authorization details. */
import { type AuthorizationDetailsType } from './authorization-details-type.js';

/** Types are declared by the deployment; what is not declared any more stays known. */
export abstract class AuthorizationDetailsTypeStore {
  /**
   * Creates or updates all of them, in one transaction. Their resources are there already.
   * @throws TemporarilyUnavailableError where the store cannot be reached
   */
  abstract declare(types: readonly AuthorizationDetailsType[]): Promise<void>;

  /**
   * Those of the named types that there are, ordered by type.
   * @throws TemporarilyUnavailableError where the store cannot be reached
   */
  abstract findNamed(types: readonly string[]): Promise<readonly AuthorizationDetailsType[]>;
}
