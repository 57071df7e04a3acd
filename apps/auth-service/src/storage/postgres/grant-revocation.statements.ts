/** Revokes grants in PostgreSQL: one statement, and so one transaction, with their outbox rows. */
import { type EntityManager } from 'typeorm';
import { type RevocationCause } from '../../grant/grant.js';

/** `$1` to `$4` of every revocation: reason, by, until when the outbox keeps it, its reason there. */
export const REVOKED = 'revoked_at = now(), revocation_reason = $1, revoked_by = $2';

/** Every resource that tokens of a grant are for. */
export const AUDIENCES = 'resources || exchanged_for AS audiences';

/** Tells the outbox of the rows in `ended`. */
export const TO_OUTBOX = `
  INSERT INTO revocation (kind, value, audiences, expires_at, reason)
  SELECT 'grant', grant_id::text, audiences, $3::timestamptz, $4 FROM ended
  ON CONFLICT (kind, value) DO NOTHING`;

/** Which grants; `$5` and `$6` are the statement's own. */
const CONDITIONS = {
  grant: 'grant_id = $5',
  session: 'sid = $5 AND NOT $6 = ANY(scope)',
  account: 'account_id = $5',
  others: 'account_id = $5 AND sid <> $6',
  application: 'account_id = $5 AND client_id = $6',
} as const;

/**
 * Revokes the grants in force that the condition names; the others keep their first cause.
 * @param values of the condition
 */
export async function revokeGrants(
  manager: EntityManager,
  which: keyof typeof CONDITIONS,
  values: readonly unknown[],
  cause: RevocationCause,
  outboxUntil: Date,
): Promise<void> {
  const statement = `
    WITH ended AS (
      UPDATE oauth_grant SET ${REVOKED} WHERE revoked_at IS NULL AND ${CONDITIONS[which]}
      RETURNING grant_id, ${AUDIENCES}
    ) ${TO_OUTBOX}`;
  await manager.query(statement, [...causeValues(cause, outboxUntil), ...values]);
}

/** The values of `$1` to `$4`. */
export function causeValues({ reason, by }: RevocationCause, outboxUntil: Date): unknown[] {
  return [reason, by, outboxUntil, `${reason} by ${by}`];
}
