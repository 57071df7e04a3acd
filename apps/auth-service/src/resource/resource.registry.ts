/** Port: the resources as those see them who keep them. */
import { type Resource } from './resource.js';

/** Both sides of a change; null where there was none. */
export interface ResourceChange {
  readonly before: Resource | null;
  readonly after: Resource;
}

/** Reads all resources, and writes them. */
export abstract class ResourceRegistry {
  /**
   * In the order of their identifiers.
   * @param after the identifier before the first one; null for the beginning
   * @throws TemporarilyUnavailableError where the store cannot be reached
   */
  abstract list(after: string | null, limit: number): Promise<readonly Resource[]>;

  /**
   * Makes a resource what it is to be, in one step: of two who write one at a time the second sees what
   * the first one wrote.
   *
   * @throws TemporarilyUnavailableError where the store cannot be reached
   */
  abstract put(resource: Resource): Promise<ResourceChange>;
}
