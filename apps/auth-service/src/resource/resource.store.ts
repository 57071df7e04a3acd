/** Port: the registered resources. */
import { type Resource } from './resource.js';

/** Reads registered resources. */
export abstract class ResourceStore {
  /**
   * The resources that offer at least one of these scopes, ordered by identifier.
   *
   * @returns an empty list for no scopes
   * @throws TemporarilyUnavailableError where the store cannot be reached
   */
  abstract findOffering(scopes: readonly string[]): Promise<readonly Resource[]>;

  /**
   * The resources of these identifiers that there are, ordered by identifier.
   *
   * @returns an empty list for no identifiers
   * @throws TemporarilyUnavailableError where the store cannot be reached
   */
  abstract findNamed(identifiers: readonly string[]): Promise<readonly Resource[]>;
}
