/** What accounts enrolled and what their groups demand, in PostgreSQL. */
import { Injectable } from '@nestjs/common';
import { type Assurance, AssuranceStore } from '../../authentication/assurance.store.js';
import { PostgresDatabase } from './postgres.database.js';
import { onPostgres } from './postgres.error.js';

const FIND = `
  SELECT
    ARRAY(SELECT DISTINCT required_acr FROM account_group
          WHERE name = ANY (account.groups) ORDER BY 1) AS "requiredAcrs",
    ARRAY(SELECT DISTINCT kind FROM factor
          WHERE factor.account_id = account.account_id ORDER BY 1) AS "factorKinds"
  FROM account WHERE account_id = $1`;

@Injectable()
export class PostgresAssuranceStore extends AssuranceStore {
  constructor(private readonly database: PostgresDatabase) {
    super();
  }

  find(accountId: string): Promise<Assurance> {
    return onPostgres(async () => {
      const [row] = await this.database.manager.query<Assurance[]>(FIND, [accountId]);
      return row ?? { requiredAcrs: [], factorKinds: [] };
    });
  }
}
