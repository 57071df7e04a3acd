/** Ends in a restored PostgreSQL what may have ended since the backup, which the backup cannot tell. */
import { Client } from 'pg';
import { AuditReferences } from '../../audit/audit.reference.js';
import { StartupError } from '../../config/startup.error.js';
import { grantRevocationExpiry } from '../../revocation/revocation.js';
import { migrate } from './postgres.migrations.js';
import { SERVING_APPLICATION } from './postgres.options.js';

/** What is to be fenced, and whether it shall be. */
export interface RestoreFence {
  readonly databaseUrl: string;
  /** When the backup was taken; later, where that is not known exactly. */
  readonly backupTakenAt: Date;
  /** False: everything is undone again, for a look at what would happen. */
  readonly commit: boolean;
}

/** How many of each were ended. */
export interface FencedCounts {
  readonly sessions: number;
  readonly grants: number;
  readonly clients: number;
}

/** Far beyond what any deployment revokes between a backup and its restore. */
const POSITION_STEP = 1_000_000_000;

const OTHERS = `
  SELECT count(*)::int AS count FROM pg_stat_activity
  WHERE datname = current_database() AND application_name = $1`;

const NEWEST = `
  SELECT max(at) AS newest FROM (
    SELECT max(created_at) AS at FROM oauth_grant UNION ALL SELECT max(created_at) FROM session) t`;

const STEP = `UPDATE revocation_position SET last = last + ${POSITION_STEP}`;

const END_SESSIONS = `
  WITH ended AS (
    UPDATE session SET ended_at = now(), end_reason = 'restored', settled_at = now()
    WHERE ended_at IS NULL AND expires_at > now()
    RETURNING sid, account_id, cookie_sha256
  ), stale AS (
    INSERT INTO stale_session_copy (cookie_sha256) SELECT cookie_sha256 FROM ended
    ON CONFLICT DO NOTHING
  ), told AS (
    INSERT INTO logout_delivery (client_id, account_id, sid, created_at, next_attempt_at)
    SELECT DISTINCT client.client_id, ended.account_id, ended.sid, now(), now()
    FROM ended JOIN oauth_grant USING (sid) JOIN client USING (client_id)
    WHERE client.backchannel_logout_uri IS NOT NULL AND client.disabled_at IS NULL
    ON CONFLICT DO NOTHING
  )
  SELECT count(*)::int AS count FROM ended`;

// Of the grants no resource has to hear: their access tokens are those of the clients.
const END_GRANTS = `
  WITH ended AS (
    UPDATE oauth_grant
    SET revoked_at = now(), revocation_reason = 'restored', revoked_by = 'operator'
    WHERE revoked_at IS NULL AND expires_at > now() RETURNING grant_id
  ), told AS (
    INSERT INTO revocation (kind, value, audiences, expires_at, reason)
    SELECT 'grant', grant_id::text, '{}', $1::timestamptz, 'restored by operator' FROM ended
    ON CONFLICT (kind, value) DO NOTHING
  )
  SELECT count(*)::int AS count FROM ended`;

// A token that was revoked by itself after the backup is nowhere in it, so all that were issued go.
const END_TOKENS = `
  WITH ended AS (
    INSERT INTO revocation (kind, value, iat_before, audiences, expires_at, reason)
    SELECT 'client', client_id, floor(extract(epoch FROM now())), NULL, $1::timestamptz,
      'restored by operator' FROM client
    ON CONFLICT (kind, value) DO UPDATE SET iat_before = EXCLUDED.iat_before,
      expires_at = EXCLUDED.expires_at, reason = EXCLUDED.reason, created_at = now(),
      position = NULL, relayed_at = NULL
    RETURNING value
  )
  SELECT count(*)::int AS count FROM ended`;

const AUDIT = `
  INSERT INTO audit_event (reference, occurred_at, type, outcome, detail)
  VALUES ($1, now(), 'restore.fenced', 'success', $2)`;

/**
 * Ends every session, every grant and every access token that the restored data holds as good: any of
 * them may have been revoked, or its refresh token rotated, since the backup. Positions of the feed go
 * far ahead, so that a follower which was further than the backup misses nothing of what comes. One
 * transaction; repeating it does no harm.
 *
 * @throws StartupError where auth-service runs on the database, or has run since the restore
 */
export async function fenceRestoredRecord(fence: RestoreFence): Promise<FencedCounts> {
  await migrate(fence.databaseUrl);
  const client = new Client({
    connectionString: fence.databaseUrl,
    application_name: `${SERVING_APPLICATION} restore-fence`,
  });
  await client.connect();
  const count = async (statement: string, ...values: unknown[]): Promise<number> =>
    (await client.query<{ count: number }>(statement, values)).rows[0]?.count ?? 0;
  try {
    await client.query('BEGIN');
    await client.query('SELECT last FROM revocation_position FOR UPDATE');
    if ((await count(OTHERS, SERVING_APPLICATION)) > 0) {
      throw new StartupError('auth-service runs on this database: stop every replica first');
    }
    const { newest } = (await client.query<{ newest: Date | null }>(NEWEST)).rows[0] ?? {};
    if (newest && newest > fence.backupTakenAt) {
      throw new StartupError(
        `the data goes on until ${newest.toISOString()}: either the backup was taken later than that, ` +
          'or people have signed in since the restore, and would be signed out; give a time after it to do so',
      );
    }
    await client.query(STEP);
    const sessions = await count(END_SESSIONS);
    const grants = await count(END_GRANTS, grantRevocationExpiry());
    const clients = await count(END_TOKENS, grantRevocationExpiry());
    const counts = { sessions, grants, clients };
    const detail = { ...counts, backup_taken_at: fence.backupTakenAt.toISOString() };
    await client.query(AUDIT, [new AuditReferences().next(), JSON.stringify(detail)]);
    await client.query(fence.commit ? 'COMMIT' : 'ROLLBACK');
    return counts;
  } finally {
    // Ends what was not committed, too.
    await client.end();
  }
}
