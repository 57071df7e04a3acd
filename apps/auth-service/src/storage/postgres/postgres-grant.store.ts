/** Grants in PostgreSQL; a revocation is one statement, and so one transaction, with its outbox row. */
import { Injectable } from '@nestjs/common';
import { OFFLINE_ACCESS_SCOPE } from '@keyward/oauth';
import { type Grant, type RecordedGrant, type RevocationCause } from '../../grant/grant.js';
import { GrantStore } from '../../grant/grant.store.js';
import { GrantEntity } from './entities/grant.entity.js';
import {
  AUDIENCES,
  causeValues,
  REVOKED,
  revokeGrants,
  TO_OUTBOX,
} from './grant-revocation.statements.js';
import { PostgresDatabase } from './postgres.database.js';
import { onPostgres } from './postgres.error.js';

const REVOKE_OR_FORESTALL = `
  WITH ended AS (
    INSERT INTO oauth_grant (grant_id, account_id, client_id, sid, scope, resources,
      authenticated_at, acr, amr, expires_at, authorization_details,
      revoked_at, revocation_reason, revoked_by)
    VALUES ($5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, now(), $1, $2)
    ON CONFLICT (grant_id) DO UPDATE SET ${REVOKED} WHERE oauth_grant.revoked_at IS NULL
    RETURNING grant_id, ${AUDIENCES}
  ) ${TO_OUTBOX}`;

// The session's row is locked: its end, at the same time, either is seen here or sees the grant.
const CREATE = `
  WITH origin AS (SELECT ended_at FROM session WHERE sid = $4 FOR SHARE)
  INSERT INTO oauth_grant (grant_id, account_id, client_id, sid, scope, resources,
    authenticated_at, acr, amr, expires_at, authorization_details)
  SELECT $1::uuid, $2::uuid, $3::text, $4::uuid, $5::text[], $6::text[],
    $7::timestamptz, $8::text, $9::text[], $10::timestamptz, $11::jsonb
  WHERE NOT EXISTS (SELECT FROM origin WHERE ended_at IS NOT NULL)
  ON CONFLICT (grant_id) DO NOTHING RETURNING grant_id`;

const IN_FORCE = 'grant_id = $1 AND revoked_at IS NULL AND expires_at > now()';

// A resource stays once it is there, so that what was read stays true: nearly every exchange only reads.
const KNOWS_AUDIENCE = `
  SELECT $2 = ANY(resources || exchanged_for) AS known FROM oauth_grant WHERE ${IN_FORCE}`;

const ADD_AUDIENCE = `
  UPDATE oauth_grant
  SET exchanged_for = array_append(array_remove(exchanged_for, $2), $2) WHERE ${IN_FORCE}`;

@Injectable()
export class PostgresGrantStore extends GrantStore {
  constructor(private readonly database: PostgresDatabase) {
    super();
  }

  create(grant: Grant): Promise<boolean> {
    return onPostgres(async () => {
      const rows = await this.database.manager.query<unknown[]>(CREATE, valuesOf(grant));
      return rows.length === 1;
    });
  }

  recordAudience(grantId: string, resource: string): Promise<boolean> {
    return onPostgres(async () => {
      const { manager } = this.database;
      const values = [grantId, resource];
      const [grant] = await manager.query<{ known: boolean }[]>(KNOWS_AUDIENCE, values);
      if (grant === undefined || grant.known) return grant !== undefined;
      const [, added] = await manager.query<[unknown, number]>(ADD_AUDIENCE, values);
      return added === 1;
    });
  }

  revoke(grantId: string, cause: RevocationCause, outboxUntil: Date): Promise<void> {
    return onPostgres(() =>
      revokeGrants(this.database.manager, 'grant', [grantId], cause, outboxUntil),
    );
  }

  async revokeOrForestall(grant: Grant, cause: RevocationCause, outboxUntil: Date): Promise<void> {
    const values = [...causeValues(cause, outboxUntil), ...valuesOf(grant)];
    await onPostgres(() => this.database.manager.query(REVOKE_OR_FORESTALL, values));
  }

  revokeOfSession(sid: string, cause: RevocationCause, outboxUntil: Date): Promise<void> {
    const values = [sid, OFFLINE_ACCESS_SCOPE];
    return onPostgres(() =>
      revokeGrants(this.database.manager, 'session', values, cause, outboxUntil),
    );
  }

  find(grantId: string): Promise<RecordedGrant | null> {
    return onPostgres(async () => {
      const row = await this.database.manager.findOneBy(GrantEntity, { grantId });
      return row === null ? null : toGrant(row);
    });
  }

  findOfAccount(accountId: string): Promise<readonly RecordedGrant[]> {
    return onPostgres(async () => {
      const rows = await this.database.manager.find(GrantEntity, {
        where: { accountId },
        order: { createdAt: 'DESC', grantId: 'ASC' },
      });
      return rows.map(toGrant);
    });
  }

  async deleteExpired(before: Date, limit: number): Promise<number> {
    const [, deleted] = await onPostgres(() =>
      this.database.manager.query<[unknown, number]>(
        `DELETE FROM oauth_grant WHERE grant_id = ANY(ARRAY(
           SELECT grant_id FROM oauth_grant WHERE expires_at < $1
           LIMIT $2 FOR UPDATE SKIP LOCKED))`,
        [before, limit],
      ),
    );
    return deleted;
  }
}

function valuesOf(grant: Grant): unknown[] {
  const { grantId, accountId, clientId, sid, scope, resources } = grant;
  const { authenticatedAt, acr, amr, expiresAt, authorizationDetails = [] } = grant;
  return [
    ...[grantId, accountId, clientId, sid, [...scope], [...resources]],
    ...[authenticatedAt, acr, [...amr], expiresAt, JSON.stringify(authorizationDetails)],
  ];
}

function toGrant({ revocationReason: reason, revokedBy, ...row }: GrantEntity): RecordedGrant {
  return { ...row, cause: reason === null ? null : { reason, by: revokedBy ?? 'unknown' } };
}
