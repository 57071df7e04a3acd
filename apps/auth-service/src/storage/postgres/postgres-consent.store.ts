/** Consents in PostgreSQL. */
import { Injectable } from '@nestjs/common';
import { type Consent, ConsentStore } from '../../consent/consent.store.js';
import { ConsentEntity } from './entities/consent.entity.js';
import { PostgresDatabase } from './postgres.database.js';
import { onPostgres } from './postgres.error.js';

/** Most details that are remembered of a person and a client. */
const MAX_DETAILS = 32;

// jsonb compares without regard to the order of members.
const DETAILS = `(
  SELECT CASE WHEN count(*) > ${MAX_DETAILS} THEN excluded.authorization_details
    ELSE coalesce(jsonb_agg(element), '[]') END
  FROM (SELECT DISTINCT element FROM jsonb_array_elements(
    consent.authorization_details || excluded.authorization_details) element) distinct_elements)`;

@Injectable()
export class PostgresConsentStore extends ConsentStore {
  constructor(private readonly database: PostgresDatabase) {
    super();
  }

  find(accountId: string, clientId: string): Promise<Consent | null> {
    return onPostgres(() =>
      this.database.manager.findOneBy(ConsentEntity, { accountId, clientId }),
    );
  }

  async allow(consent: Consent): Promise<void> {
    const { accountId, clientId, scope, resources, authorizationDetails = [] } = consent;
    // The row's lock makes parallel consents follow each other: none is lost, as it would be if the
    // union were made of what was read before.
    await onPostgres(() =>
      this.database.manager.query(
        `INSERT INTO consent (account_id, client_id, scope, resources, authorization_details)
         VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (account_id, client_id) DO UPDATE SET
           scope = ${union('scope')},
           resources = ${union('resources')},
           authorization_details = ${DETAILS},
           updated_at = now()`,
        [
          accountId,
          clientId,
          distinct(scope),
          distinct(resources),
          JSON.stringify(authorizationDetails),
        ],
      ),
    );
  }

  async withdraw(accountId: string, clientId: string): Promise<void> {
    await onPostgres(() => this.database.manager.delete(ConsentEntity, { accountId, clientId }));
  }
}

function distinct(values: readonly string[]): string[] {
  return [...new Set(values)].sort();
}

// Byte order, as JavaScript sorts: the same whatever the database's language.
function union(column: 'scope' | 'resources'): string {
  return `ARRAY(
    SELECT DISTINCT element COLLATE "C" FROM unnest(consent.${column} || excluded.${column}) element
    ORDER BY 1)`;
}
