/** Port: the grants as those see them who look after clients and accounts. */
import { type RecordedGrant } from './grant.js';

/** Which grants are asked for; members that are given must all hold. */
export interface GrantQuery {
  /** A UUID. */
  readonly accountId?: string;
  readonly clientId?: string;
  /** Neither revoked nor expired by then. */
  readonly inForceAt?: Date;
}

/** A grant, and where it stands in the list. */
export interface ListedGrant {
  readonly grant: RecordedGrant;
  /** For `after` of the next page; good while grants are added and purged. */
  readonly position: string;
}

export abstract class GrantRegistry {
  /**
   * The latest first.
   * @param after the position before the first one; null for the beginning
   * @throws InvalidRequestError for what is no position
   * @throws TemporarilyUnavailableError where the record cannot be read
   */
  abstract list(
    query: GrantQuery,
    after: string | null,
    limit: number,
  ): Promise<readonly ListedGrant[]>;
}
