/** Ends a session in PostgreSQL, with everything that follows from it. */
import { type EntityManager } from 'typeorm';
import { type RecordedEnd } from '../../session/session.record.js';

const END = `
  WITH ended AS (
    UPDATE session SET ended_at = $2, end_reason = $3
    WHERE sid = $1 AND ended_at IS NULL
    RETURNING account_id, cookie_sha256
  ), stale AS (
    INSERT INTO stale_session_copy (cookie_sha256) SELECT cookie_sha256 FROM ended
    ON CONFLICT DO NOTHING
  )
  SELECT account_id, cookie_sha256 FROM ended`;

// The clients of a session are those that were given a grant in it. A statement of its own, after
// the row is locked: it sees the grant that was being recorded when the session ended.
const TELL_CLIENTS = `
  INSERT INTO logout_delivery (client_id, account_id, sid, created_at, next_attempt_at)
  SELECT DISTINCT client.client_id, $2::uuid, oauth_grant.sid, $3::timestamptz, $3::timestamptz
  FROM oauth_grant JOIN client USING (client_id)
  WHERE oauth_grant.sid = $1
    AND client.backchannel_logout_uri IS NOT NULL AND client.disabled_at IS NULL
  ON CONFLICT DO NOTHING`;

interface EndedRow {
  readonly account_id: string;
  readonly cookie_sha256: Buffer;
}

/**
 * To be run in a transaction.
 * @returns null where there is none that has not ended before
 */
export async function endSession(
  manager: EntityManager,
  sid: string,
  reason: string,
  now: Date,
): Promise<RecordedEnd | null> {
  const [row] = await manager.query<EndedRow[]>(END, [sid, now, reason]);
  if (row === undefined) return null;
  await manager.query(TELL_CLIENTS, [sid, row.account_id, now]);
  return { sid, reason, accountId: row.account_id, cookieSha256: row.cookie_sha256 };
}
