/** The terms of grants in PostgreSQL. */
import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import {
  formatTerms,
  type GrantTerms,
  GrantTermsStore,
} from '../../refresh-token/grant-terms.store.js';
import { PostgresDatabase } from './postgres.database.js';
import { onPostgres } from './postgres.error.js';

@Injectable()
export class PostgresGrantTermsStore extends GrantTermsStore {
  constructor(private readonly database: PostgresDatabase) {
    super();
  }

  idOf(terms: GrantTerms): Promise<number> {
    const { scope, resources, acr, amr, authorizationDetails = [] } = terms;
    const digest = createHash('sha256').update(formatTerms(terms)).digest();
    return onPostgres(async () => {
      const { manager } = this.database;
      const use = async () => {
        const [rows] = await manager.query<[{ terms_id: number }[], number]>(
          'UPDATE grant_terms SET used_at = now() WHERE terms_sha256 = $1 RETURNING terms_id',
          [digest],
        );
        return rows[0];
      };
      let row = await use();
      if (row === undefined) {
        // An id that a conflict leaves unused is no loss; two ids for the same terms would be.
        await manager.query(
          `INSERT INTO grant_terms (terms_sha256, scope, resources, acr, amr, authorization_details)
           VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`,
          [digest, scope, resources, acr, amr, JSON.stringify(authorizationDetails)],
        );
        row = await use();
      }
      if (row === undefined) throw new Error('terms that were just recorded are missing');
      return row.terms_id;
    });
  }

  find(id: number): Promise<GrantTerms | null> {
    return onPostgres(async () => {
      const [row] = await this.database.manager.query<GrantTerms[]>(
        `SELECT scope, resources, acr, amr, authorization_details "authorizationDetails"
         FROM grant_terms WHERE terms_id = $1`,
        [id],
      );
      return row ?? null;
    });
  }

  async deleteUnused(before: Date, limit: number): Promise<number> {
    const [, deleted] = await onPostgres(() =>
      this.database.manager.query<[unknown, number]>(
        `DELETE FROM grant_terms WHERE terms_id = ANY(ARRAY(
           SELECT terms_id FROM grant_terms AS terms
           WHERE used_at < $1 AND NOT EXISTS
             (SELECT FROM refresh_rotation WHERE refresh_rotation.terms_id = terms.terms_id)
           LIMIT $2 FOR UPDATE SKIP LOCKED))`,
        [before, limit],
      ),
    );
    return deleted;
  }
}
