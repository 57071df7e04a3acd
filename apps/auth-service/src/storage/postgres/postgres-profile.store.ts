/** What people say of themselves, in PostgreSQL. */
import { Injectable } from '@nestjs/common';
import { type Profile, ProfileStore } from '../../account/profile.store.js';
import { PostgresDatabase } from './postgres.database.js';
import { onPostgres } from './postgres.error.js';

// updated_at is a claim of this person: it says when something did change.
const SAVE = `
  UPDATE account SET name = $2, given_name = $3, family_name = $4, updated_at = now()
  WHERE account_id = $1 AND erased_at IS NULL AND (name, given_name, family_name) IS DISTINCT FROM ($2, $3, $4)`;

@Injectable()
export class PostgresProfileStore extends ProfileStore {
  constructor(private readonly database: PostgresDatabase) {
    super();
  }

  save(accountId: string, { name, givenName, familyName }: Profile): Promise<boolean> {
    return onPostgres(async () => {
      const values = [accountId, name, givenName, familyName];
      const [, saved] = await this.database.manager.query<[unknown, number]>(SAVE, values);
      return saved === 1;
    });
  }
}
