/** The record of revocations in PostgreSQL, and their outbox. */
import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { type PositionedRevocation, type Revocation } from '../../revocation/revocation.js';
import { type RevocationPage, RevocationRecord } from '../../revocation/revocation.record.js';
import { type RevocationEntity } from './entities/revocation.entity.js';
import { PostgresDatabase } from './postgres.database.js';
import { onPostgres } from './postgres.error.js';

const PAGE_SIZE = 5000;

/** Followers of the feed listen here: a row that has its position was committed. */
export const REVOCATION_CHANNEL = 'keyward_revocation';

const COLUMNS = `kind, value, iat_before AS "iatBefore", audiences, expires_at AS "expiresAt", position`;

type Row = Pick<
  RevocationEntity,
  'kind' | 'value' | 'iatBefore' | 'audiences' | 'expiresAt' | 'position'
>;

// A client's moves on with the later time, and has to be relayed again then. Everything else stays.
const INSERT = `
  INSERT INTO revocation (kind, value, iat_before, audiences, expires_at, reason)
  VALUES ($1, $2, $3, $4, $5, $6)
  ON CONFLICT (kind, value) DO UPDATE SET iat_before = EXCLUDED.iat_before,
    expires_at = EXCLUDED.expires_at, reason = EXCLUDED.reason, created_at = now(),
    position = NULL, relayed_at = NULL
  WHERE revocation.kind = 'client' AND revocation.iat_before < EXCLUDED.iat_before`;

// The counter's row stays locked until the commit. An expired row needs no position any more.
/** What is still to be told: a grant's also when its access tokens have expired, for the refresh token. */
const MATTERS = `(expires_at > now() OR kind = 'grant')`;

const GIVE_POSITIONS = `
  WITH waiting AS MATERIALIZED (
    SELECT kind, value, row_number() OVER (ORDER BY created_at, kind, value) AS place
    FROM revocation WHERE position IS NULL AND ${MATTERS} ORDER BY place LIMIT $1
  ), counter AS (
    UPDATE revocation_position SET last = last + (SELECT count(*) FROM waiting)
    RETURNING last - (SELECT count(*) FROM waiting) AS first
  )
  UPDATE revocation r SET position = counter.first + waiting.place, relayed_at = NULL
  FROM waiting, counter WHERE r.kind = waiting.kind AND r.value = waiting.value`;

@Injectable()
export class PostgresRevocationRecord extends RevocationRecord {
  constructor(private readonly database: PostgresDatabase) {
    super();
  }

  async add(revocation: Revocation, reason: string): Promise<void> {
    await onPostgres(() => insert(this.database.manager, revocation, reason));
  }

  revokeClient(revocation: Revocation, reason: string, by: string): Promise<void> {
    return onPostgres(() =>
      this.database.manager.transaction(async (manager) => {
        await insert(manager, revocation, `${reason} by ${by}`);
        // Their access tokens are the client's, but for what others got for those: only the resources
        // that these are for have to hear of the grants themselves.
        await manager.query(
          `WITH ended AS (
             UPDATE oauth_grant SET revoked_at = now(), revocation_reason = $2, revoked_by = $3
             WHERE client_id = $1 AND revoked_at IS NULL RETURNING grant_id, exchanged_for
           )
           INSERT INTO revocation (kind, value, audiences, expires_at, reason)
           SELECT 'grant', grant_id::text, exchanged_for, $4, $5 FROM ended
           ON CONFLICT (kind, value) DO NOTHING`,
          [revocation.value, reason, by, revocation.expiresAt, `${reason} by ${by}`],
        );
      }),
    );
  }

  revokeKey(revocation: Revocation, reason: string): Promise<void> {
    return onPostgres(() =>
      this.database.manager.transaction(async (manager) => {
        await manager.query(`UPDATE signing_key SET status = 'revoked' WHERE kid = $1`, [
          revocation.value,
        ]);
        await insert(manager, revocation, reason);
      }),
    );
  }

  findUnrelayed(limit: number): Promise<readonly PositionedRevocation[]> {
    return onPostgres(async () => {
      await this.givePositions(limit);
      const rows = await this.database.manager.query<Row[]>(
        `SELECT ${COLUMNS} FROM revocation
         WHERE relayed_at IS NULL AND position IS NOT NULL AND ${MATTERS}
         ORDER BY position LIMIT $1`,
        [limit],
      );
      return rows.map(toPositioned);
    });
  }

  async markRelayed(positions: readonly number[]): Promise<void> {
    await onPostgres(() =>
      this.database.manager.query(
        `UPDATE revocation SET relayed_at = now()
         WHERE position = ANY($1::bigint[]) AND relayed_at IS NULL`,
        [[...positions]],
      ),
    );
  }

  async *findUnexpired(): AsyncIterable<readonly Revocation[]> {
    // Paged by key: a page never shifts when rows come and go. A row that comes late is written to
    // the hot store by whoever recorded it.
    let after: readonly [string, string] = ['', ''];
    for (;;) {
      const rows = await onPostgres(() =>
        this.database.manager.query<Row[]>(
          `SELECT ${COLUMNS} FROM revocation
           WHERE (kind, value) > ($1, $2) AND expires_at > now()
           ORDER BY kind, value LIMIT ${PAGE_SIZE}`,
          [...after],
        ),
      );
      yield rows.map(toRevocation);
      const last = rows.at(-1);
      if (last === undefined || rows.length < PAGE_SIZE) return;
      after = [last.kind, last.value];
    }
  }

  findAfter(position: number, limit: number): Promise<RevocationPage> {
    return onPostgres(async () => {
      // One statement, so that both are of one moment; the counter's row is there in any case.
      const rows = await this.database.manager.query<(Row & { last: string })[]>(
        `SELECT last, page.* FROM revocation_position LEFT JOIN LATERAL (
           SELECT ${COLUMNS} FROM revocation
           WHERE position > $1 AND expires_at > now() ORDER BY position LIMIT $2
         ) page ON true ORDER BY page.position`,
        [position, limit],
      );
      return {
        revocations: rows.filter((row) => row.position !== null).map(toPositioned),
        lastPosition: Number(rows[0]?.last ?? 0),
      };
    });
  }

  async deleteExpired(limit: number): Promise<number> {
    const rows = await onPostgres(() =>
      this.database.manager.query<[unknown, number]>(
        `DELETE FROM revocation WHERE ctid = ANY(ARRAY(
           SELECT ctid FROM revocation WHERE expires_at <= now()
             AND (kind <> 'grant' OR relayed_at IS NOT NULL) LIMIT $1))`,
        [limit],
      ),
    );
    return rows[1];
  }

  private async givePositions(limit: number): Promise<void> {
    const waiting = await this.database.manager.query<unknown[]>(
      `SELECT 1 FROM revocation WHERE position IS NULL AND ${MATTERS} LIMIT 1`,
    );
    // The lock is worth a look first: nearly always nothing waits.
    if (waiting.length === 0) return;
    await this.database.manager.transaction(async (manager) => {
      await manager.query('SELECT last FROM revocation_position FOR UPDATE');
      await manager.query(GIVE_POSITIONS, [limit]);
      await manager.query(`NOTIFY ${REVOCATION_CHANNEL}`);
    });
  }
}

async function insert(manager: EntityManager, revocation: Revocation, reason: string) {
  const { kind, value, iatBefore, audiences, expiresAt } = revocation;
  await manager.query(INSERT, [kind, value, iatBefore, audiences, expiresAt, reason]);
}

function toRevocation({ kind, value, iatBefore, audiences, expiresAt }: Row): Revocation {
  return {
    kind,
    value,
    iatBefore: iatBefore === null ? null : Number(iatBefore),
    audiences,
    expiresAt,
  };
}

function toPositioned(row: Row): PositionedRevocation {
  return { ...toRevocation(row), position: Number(row.position) };
}
