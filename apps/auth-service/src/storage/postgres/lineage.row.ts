/** A lineage as a row of PostgreSQL, joined with its grant. */
import { type RevocationCause } from '../../grant/grant.js';
import { digestClientId, type Lineage } from '../../refresh-token/lineage.js';

export interface LineageRow {
  readonly grant_id: string;
  readonly account_id: string;
  readonly client_id: string;
  readonly sid: string;
  readonly authenticated_at: Date;
  readonly terms_id: number;
  readonly key_binding: Buffer | null;
  readonly current_generation: string;
  readonly parent_generation: string;
  readonly floor_generation: string;
  readonly rotated_at: Date | null;
  readonly idle_expires_at: Date;
  readonly absolute_expires_at: Date;
  readonly revoked_at: Date | null;
  readonly revocation_reason: string | null;
  readonly revoked_by: string | null;
}

/** Reads {@link LineageRow}; `r` is the lineage, `g` its grant. */
export const SELECT_LINEAGE = `
  SELECT r.*, g.account_id, g.client_id, g.sid, g.authenticated_at, g.revoked_at,
    g.revocation_reason, g.revoked_by
  FROM refresh_rotation r JOIN oauth_grant g USING (grant_id)`;

export function toCause(row: LineageRow): RevocationCause {
  return { reason: row.revocation_reason ?? 'unknown', by: row.revoked_by ?? 'unknown' };
}

export function rotatedAt(lastMs: number): Date | null {
  return lastMs === 0 ? null : new Date(lastMs);
}

export function toLineage(row: LineageRow): Lineage {
  return {
    grantId: row.grant_id,
    accountId: row.account_id,
    sid: row.sid,
    clientDigest: digestClientId(row.client_id),
    authenticatedAtSeconds: Math.floor(row.authenticated_at.getTime() / 1000),
    termsId: row.terms_id,
    keyBinding: row.key_binding,
    current: Number(row.current_generation),
    parent: Number(row.parent_generation),
    floor: Number(row.floor_generation),
    lastMs: row.rotated_at?.getTime() ?? 0,
    idleExpiresMs: row.idle_expires_at.getTime(),
    absoluteExpiresMs: row.absolute_expires_at.getTime(),
  };
}
