/** Port: the sessions as those see them who look after accounts. */
import { type SessionOverview } from './session.record.js';

/** A live session, and where it stands in the list. */
export interface ListedSession {
  readonly session: SessionOverview;
  /** For `after` of the next page; good while sessions begin and end. */
  readonly position: string;
}

export abstract class SessionRegistry {
  /**
   * The live sessions of an account, the latest begun first.
   * @param accountId a UUID
   * @param after the position before the first one; null for the beginning
   * @throws InvalidRequestError for what is no position
   * @throws TemporarilyUnavailableError where the record cannot be read
   */
  abstract list(
    accountId: string,
    now: Date,
    after: string | null,
    limit: number,
  ): Promise<readonly ListedSession[]>;
}
