/** Addresses of accounts in PostgreSQL. */
import { Injectable } from '@nestjs/common';
import { type EmailReplacement, EmailStore } from '../../email/email.store.js';
import { EMAIL_LOCK, EMAIL_OF_ANOTHER } from './email-owner.statements.js';
import { PostgresDatabase } from './postgres.database.js';
import { onPostgres } from './postgres.error.js';

const REPLACE = `
  UPDATE account SET email = $1, email_verified = true, updated_at = now()
  WHERE account_id = $2 AND email IS NOT DISTINCT FROM $3 AND disabled_at IS NULL
    AND NOT EXISTS (${EMAIL_OF_ANOTHER})`;

@Injectable()
export class PostgresEmailStore extends EmailStore {
  constructor(private readonly database: PostgresDatabase) {
    super();
  }

  isOfAnother(email: string, accountId: string): Promise<boolean> {
    return onPostgres(async () => {
      const rows = await this.database.manager.query<unknown[]>(`${EMAIL_OF_ANOTHER} LIMIT 1`, [
        email,
        accountId,
      ]);
      return rows.length > 0;
    });
  }

  replace({ accountId, from, to }: EmailReplacement): Promise<boolean> {
    return onPostgres(() =>
      this.database.manager.transaction(async (manager) => {
        await manager.query(EMAIL_LOCK, [to]);
        const [, count] = await manager.query<[unknown, number]>(REPLACE, [to, accountId, from]);
        return count === 1;
      }),
    );
  }
}
