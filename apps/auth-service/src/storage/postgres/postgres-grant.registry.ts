/** The grants in PostgreSQL, page by page. */
import { Injectable } from '@nestjs/common';
import { type RecordedGrant } from '../../grant/grant.js';
import { type GrantQuery, GrantRegistry, type ListedGrant } from '../../grant/grant.registry.js';
import { behind, partsOf, positionOf } from './list.position.js';
import { PostgresDatabase } from './postgres.database.js';
import { onPostgres } from './postgres.error.js';

const SELECTED = `grant_id AS "grantId", account_id AS "accountId", client_id AS "clientId", sid, scope,
  resources, authorization_details AS "authorizationDetails",
  authenticated_at AS "authenticatedAt", acr, amr, expires_at AS "expiresAt",
  created_at AS "createdAt", revoked_at AS "revokedAt", revocation_reason AS reason, revoked_by AS by,
  ${positionOf('created_at', 'grant_id')}`;

type GrantRow = Omit<RecordedGrant, 'cause'> & {
  readonly reason: string | null;
  readonly by: string | null;
  readonly position: string;
};

@Injectable()
export class PostgresGrantRegistry extends GrantRegistry {
  constructor(private readonly database: PostgresDatabase) {
    super();
  }

  async list(
    { accountId, clientId, inForceAt }: GrantQuery,
    after: string | null,
    limit: number,
  ): Promise<readonly ListedGrant[]> {
    const values: unknown[] = [limit];
    const bound = (value: unknown) => `$${values.push(value)}`;
    const conditions = ['true'];
    if (accountId !== undefined) conditions.push(`account_id = ${bound(accountId)}`);
    if (clientId !== undefined) conditions.push(`client_id = ${bound(clientId)}`);
    if (inForceAt !== undefined) {
      conditions.push(`revoked_at IS NULL AND expires_at > ${bound(inForceAt)}`);
    }
    if (after !== null) {
      const { microseconds, id } = partsOf(after);
      conditions.push(behind(['created_at', 'grant_id'], [bound(microseconds), bound(id)]));
    }
    const statement = `
      SELECT ${SELECTED} FROM oauth_grant WHERE ${conditions.join(' AND ')}
      ORDER BY created_at DESC, grant_id DESC LIMIT $1`;
    const rows = await onPostgres(() => this.database.manager.query<GrantRow[]>(statement, values));
    return rows.map(listed);
  }
}

function listed({ reason, by, position, ...grant }: GrantRow): ListedGrant {
  const cause = reason === null ? null : { reason, by: by ?? 'unknown' };
  return { grant: { ...grant, cause }, position };
}
