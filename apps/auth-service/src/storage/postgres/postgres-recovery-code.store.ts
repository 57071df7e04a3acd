/** Recovery codes in PostgreSQL. */
import { Injectable } from '@nestjs/common';
import { RecoveryCodeStore } from '../../factor/recovery-code.store.js';
import { PostgresDatabase } from './postgres.database.js';
import { onPostgres } from './postgres.error.js';

@Injectable()
export class PostgresRecoveryCodeStore extends RecoveryCodeStore {
  constructor(private readonly database: PostgresDatabase) {
    super();
  }

  replace(accountId: string, codesSha256: readonly Buffer[]): Promise<void> {
    return onPostgres(() =>
      this.database.manager.transaction(async (manager) => {
        // Two sets at the same time would leave twenty codes.
        await manager.query('SELECT FROM account WHERE account_id = $1 FOR UPDATE', [accountId]);
        await manager.query('DELETE FROM recovery_code WHERE account_id = $1', [accountId]);
        await manager.query(
          `INSERT INTO recovery_code (account_id, code_sha256) SELECT $1, unnest($2::bytea[])`,
          [accountId, codesSha256],
        );
      }),
    );
  }

  claim(accountId: string, codeSha256: Buffer): Promise<boolean> {
    return onPostgres(async () => {
      const [claimed] = await this.database.manager.query<[unknown[], number]>(
        `UPDATE recovery_code SET used_at = now()
         WHERE account_id = $1 AND code_sha256 = $2 AND used_at IS NULL RETURNING 1`,
        [accountId, codeSha256],
      );
      return claimed.length === 1;
    });
  }

  count(accountId: string): Promise<number> {
    return onPostgres(async () => {
      const [row] = await this.database.manager.query<{ left: number }[]>(
        `SELECT count(*)::int AS left FROM recovery_code
         WHERE account_id = $1 AND used_at IS NULL`,
        [accountId],
      );
      return row?.left ?? 0;
    });
  }
}
