/** Which clients are still to be told of which session's end, in PostgreSQL. */
import { Injectable } from '@nestjs/common';
import {
  type LogoutDelivery,
  LogoutDeliveryStore,
  type LogoutOutcome,
} from '../../logout/logout-delivery.store.js';
import { PostgresDatabase } from './postgres.database.js';
import { onPostgres } from './postgres.error.js';

// Rows that another replica is taking at this moment are passed over, so that none waits for another.
const CLAIM = `
  WITH claimed AS (
    UPDATE logout_delivery SET attempts = attempts + 1, next_attempt_at = $2
    WHERE delivery_id IN (
      SELECT delivery_id FROM logout_delivery
      WHERE done_at IS NULL AND next_attempt_at <= $1
      ORDER BY next_attempt_at LIMIT $3
      FOR UPDATE SKIP LOCKED
    )
    RETURNING delivery_id, client_id, account_id, sid, attempts, created_at
  )
  SELECT delivery_id AS "deliveryId", client_id AS "clientId", account_id AS "accountId", sid,
    attempts, created_at AS "createdAt"
  FROM claimed`;

@Injectable()
export class PostgresLogoutDeliveryStore extends LogoutDeliveryStore {
  constructor(private readonly database: PostgresDatabase) {
    super();
  }

  claimDue(now: Date, until: Date, limit: number): Promise<readonly LogoutDelivery[]> {
    return onPostgres(() =>
      this.database.manager.query<LogoutDelivery[]>(CLAIM, [now, until, limit]),
    );
  }

  async retryAt(deliveryId: string, at: Date): Promise<void> {
    await onPostgres(() =>
      this.database.manager.query(
        `UPDATE logout_delivery SET next_attempt_at = $2 WHERE delivery_id = $1 AND done_at IS NULL`,
        [deliveryId, at],
      ),
    );
  }

  async finish(deliveryId: string, outcome: LogoutOutcome, now: Date): Promise<void> {
    await onPostgres(() =>
      this.database.manager.query(
        `UPDATE logout_delivery SET done_at = $3, outcome = $2
         WHERE delivery_id = $1 AND done_at IS NULL`,
        [deliveryId, outcome, now],
      ),
    );
  }

  purge(before: Date, limit: number): Promise<number> {
    return onPostgres(async () => {
      const [, count] = await this.database.manager.query<[unknown, number]>(
        `DELETE FROM logout_delivery WHERE delivery_id IN (
           SELECT delivery_id FROM logout_delivery WHERE done_at < $1 LIMIT $2
           FOR UPDATE SKIP LOCKED)`,
        [before, limit],
      );
      return count;
    });
  }
}
