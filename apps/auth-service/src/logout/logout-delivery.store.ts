/** Port: which clients are still to be told of which session's end. */
import { type LogoutNotice } from './logout-token.issuer.js';

/** One client to be told. */
export interface LogoutDelivery extends LogoutNotice {
  readonly deliveryId: string;
  /** This one included. */
  readonly attempts: number;
  /** When the session ended. */
  readonly createdAt: Date;
}

/** How a delivery came to its end. */
export type LogoutOutcome = 'delivered' | 'given_up';

/** Deliveries are written with the end of a session: see SessionRecord. */
export abstract class LogoutDeliveryStore {
  /**
   * Takes deliveries that are due, each for one caller: nobody else is given it before `until`,
   * after which it is due again, as its taker may have died.
   *
   * @throws TemporarilyUnavailableError where the record cannot be reached
   */
  abstract claimDue(now: Date, until: Date, limit: number): Promise<readonly LogoutDelivery[]>;

  /** Makes it due again at a time. */
  abstract retryAt(deliveryId: string, at: Date): Promise<void>;

  /** Takes it off the list for good. Idempotent. */
  abstract finish(deliveryId: string, outcome: LogoutOutcome, now: Date): Promise<void>;

  /**
   * Removes up to `limit` finished ones.
   * @returns how many
   */
  abstract purge(before: Date, limit: number): Promise<number>;
}
