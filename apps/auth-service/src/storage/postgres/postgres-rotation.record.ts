/** The record of refresh rotation in PostgreSQL. */
import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { type Lineage } from '../../refresh-token/lineage.js';
import {
  type Checkpoint,
  type Rebuilt,
  type RecordedHandle,
  RotationRecord,
} from '../../refresh-token/rotation.record.js';
import { type LineageRow, rotatedAt, SELECT_LINEAGE, toCause, toLineage } from './lineage.row.js';
import { PostgresDatabase } from './postgres.database.js';
import { onPostgres } from './postgres.error.js';

@Injectable()
export class PostgresRotationRecord extends RotationRecord {
  constructor(private readonly database: PostgresDatabase) {
    super();
  }

  create(handle: Buffer, lineage: Lineage, publish: () => Promise<void>): Promise<boolean> {
    return this.transaction(async (manager) => {
      const [grant] = await manager.query<{ revoked_at: Date | null }[]>(
        'SELECT revoked_at FROM oauth_grant WHERE grant_id = $1 FOR SHARE',
        [lineage.grantId],
      );
      if (grant === undefined || grant.revoked_at !== null) return false;
      await manager.query(
        `INSERT INTO refresh_rotation (handle, grant_id, terms_id, key_binding, current_generation,
           parent_generation, floor_generation, rotated_at, idle_expires_at, absolute_expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
        [
          handle,
          lineage.grantId,
          lineage.termsId,
          lineage.keyBinding,
          lineage.current,
          lineage.parent,
          lineage.floor,
          rotatedAt(lineage.lastMs),
          new Date(lineage.idleExpiresMs),
          new Date(lineage.absoluteExpiresMs),
        ],
      );
      await publish();
      return true;
    });
  }

  rebuild<T>(handle: Buffer, restore: (lineage: Lineage) => Promise<T>): Promise<Rebuilt<T>> {
    return this.transaction(async (manager): Promise<Rebuilt<T>> => {
      // A revocation waits for this lock, so it comes after the restore and finds what that wrote.
      const [row] = await manager.query<LineageRow[]>(
        `${SELECT_LINEAGE} WHERE r.handle = $1 FOR SHARE OF g`,
        [handle],
      );
      if (row === undefined) return { standing: 'unknown' };
      const lineage = toLineage(row);
      if (row.revoked_at === null) return { standing: 'live', result: await restore(lineage) };
      return { standing: 'revoked', lineage, cause: toCause(row) };
    });
  }

  find(handle: Buffer): Promise<Lineage | null> {
    return onPostgres(async () => {
      const [row] = await this.database.manager.query<LineageRow[]>(
        `${SELECT_LINEAGE} WHERE r.handle = $1`,
        [handle],
      );
      return row === undefined ? null : toLineage(row);
    });
  }

  async checkpoint(states: readonly Checkpoint[]): Promise<void> {
    if (states.length === 0) return;
    // In one order: replicas that write the same rows then hardly ever wait for each other.
    const sorted = [...states].sort((one, other) => Buffer.compare(one.handle, other.handle));
    await onPostgres(() =>
      this.database.manager.query(
        `UPDATE refresh_rotation r
         SET current_generation = s.current, parent_generation = s.parent,
           floor_generation = s.floor, rotated_at = s.rotated, idle_expires_at = s.idle
         FROM (SELECT * FROM unnest($1::bytea[], $2::bigint[], $3::bigint[], $4::bigint[],
             $5::timestamptz[], $6::timestamptz[])
           AS s (handle, current, parent, floor, rotated, idle)) s
         WHERE r.handle = s.handle
           AND (s.current, s.idle) > (r.current_generation, r.idle_expires_at)`,
        [
          sorted.map(({ handle }) => handle),
          sorted.map(({ current }) => current),
          sorted.map(({ parent }) => parent),
          sorted.map(({ floor }) => floor),
          sorted.map(({ lastMs }) => rotatedAt(lastMs)),
          sorted.map(({ idleExpiresMs }) => new Date(idleExpiresMs)),
        ],
      ),
    );
  }

  findByGrants(grantIds: readonly string[]): Promise<readonly RecordedHandle[]> {
    return onPostgres(async () => {
      const rows = await this.database.manager.query<
        Pick<LineageRow & { handle: Buffer }, 'grant_id' | 'handle' | 'absolute_expires_at'>[]
      >(
        `SELECT grant_id, handle, absolute_expires_at FROM refresh_rotation
         WHERE grant_id = ANY ($1::uuid[])`,
        [grantIds],
      );
      return rows.map((row) => ({
        grantId: row.grant_id,
        handle: row.handle,
        absoluteExpiresMs: row.absolute_expires_at.getTime(),
      }));
    });
  }

  findGrant(handle: Buffer): Promise<{ grantId: string; clientId: string } | null> {
    return onPostgres(async () => {
      const [row] = await this.database.manager.query<Pick<LineageRow, 'grant_id' | 'client_id'>[]>(
        `SELECT grant_id, client_id FROM refresh_rotation JOIN oauth_grant USING (grant_id)
         WHERE handle = $1`,
        [handle],
      );
      return row === undefined ? null : { grantId: row.grant_id, clientId: row.client_id };
    });
  }

  private async transaction<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    return onPostgres(() => this.database.manager.transaction(work));
  }
}
