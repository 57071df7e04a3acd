/** What people allow applications, read from the grants in PostgreSQL. */
import { Injectable } from '@nestjs/common';
import { OFFLINE_ACCESS_SCOPE } from '@keyward/oauth';
import {
  type AllowedApplication,
  AllowedApplicationStore,
} from '../../grant/allowed-application.store.js';
import { type RevocationCause } from '../../grant/grant.js';
import { revokeGrants } from './grant-revocation.statements.js';
import { PostgresDatabase } from './postgres.database.js';
import { onPostgres } from './postgres.error.js';

// A grant whose refresh token idled too long is over, whatever its own end.
const FIND = `
  SELECT client_id AS "clientId", coalesce(client.name, client_id) AS name, oauth_grant.sid,
    min(oauth_grant.created_at) AS since, bool_or($2 = ANY(oauth_grant.scope)) AS "isLasting"
  FROM oauth_grant LEFT JOIN client USING (client_id) LEFT JOIN refresh_rotation USING (grant_id)
  WHERE account_id = $1 AND revoked_at IS NULL AND oauth_grant.expires_at > now()
    AND coalesce(idle_expires_at > now(), true)
  GROUP BY client_id, client.name, oauth_grant.sid
  ORDER BY name, since`;

const HAS_ANY = `
  SELECT EXISTS (SELECT FROM oauth_grant WHERE account_id = $1 AND client_id = $2) AS known`;

@Injectable()
export class PostgresAllowedApplicationStore extends AllowedApplicationStore {
  constructor(private readonly database: PostgresDatabase) {
    super();
  }

  findOfAccount(accountId: string): Promise<readonly AllowedApplication[]> {
    const values = [accountId, OFFLINE_ACCESS_SCOPE];
    return onPostgres(() => this.database.manager.query<AllowedApplication[]>(FIND, values));
  }

  revoke(
    accountId: string,
    clientId: string,
    cause: RevocationCause,
    outboxUntil: Date,
  ): Promise<boolean> {
    const application = [accountId, clientId];
    return onPostgres(async () => {
      const { manager } = this.database;
      await revokeGrants(manager, 'application', application, cause, outboxUntil);
      const [row] = await manager.query<{ known: boolean }[]>(HAS_ANY, application);
      return row?.known === true;
    });
  }
}
