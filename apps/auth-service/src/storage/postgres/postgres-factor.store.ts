/** Factors in PostgreSQL. What must happen once is one statement. */
import { Injectable } from '@nestjs/common';
import { type Factor } from '../../factor/factor.js';
import {
  FactorStore,
  type NewFactor,
  type Passkey,
  ROOM_FOR_ONE,
  type TotpSecret,
} from '../../factor/factor.store.js';
import { PostgresDatabase } from './postgres.database.js';
import { onPostgres } from './postgres.error.js';
import { holdBasis } from './sign-in-basis.statements.js';

const LOCK_OWNER = 'SELECT 1 FROM account WHERE account_id = $1 FOR UPDATE';

const PASSKEY = `factor_id AS "factorId", account_id AS "accountId",
  credential_id AS "credentialId", public_key AS "publicKey", sign_count::float8 AS "signCount",
  transports, backup_eligible AS "backupEligible"`;

@Injectable()
export class PostgresFactorStore extends FactorStore {
  constructor(private readonly database: PostgresDatabase) {
    super();
  }

  findOfAccount(accountId: string): Promise<readonly Factor[]> {
    return this.rows<Factor>(
      `SELECT factor_id AS "factorId", account_id AS "accountId", kind, name,
         created_at AS "createdAt", last_used_at AS "lastUsedAt"
       FROM factor WHERE account_id = $1 ORDER BY created_at, factor_id`,
      [accountId],
    );
  }

  addTotp(factor: NewFactor, { secret, keyVersion }: TotpSecret, step: number): Promise<boolean> {
    return this.add(
      factor,
      `INSERT INTO factor (factor_id, account_id, kind, name, last_used_at,
         secret, key_version, last_step)
       SELECT $1::uuid, $2::uuid, 'totp', $3::text, now(), $4::bytea, $5::int, $6::bigint`,
      [factor.factorId, factor.accountId, factor.name, secret, keyVersion, step],
    );
  }

  findTotp(accountId: string): Promise<readonly TotpSecret[]> {
    return this.rows<TotpSecret>(
      `SELECT factor_id AS "factorId", secret, key_version AS "keyVersion"
       FROM factor WHERE account_id = $1 AND kind = 'totp' ORDER BY created_at, factor_id`,
      [accountId],
    );
  }

  async claimStep(factorId: string, step: number): Promise<boolean> {
    return this.changes(
      `UPDATE factor SET last_step = $2, last_used_at = now()
       WHERE factor_id = $1 AND kind = 'totp' AND coalesce(last_step, 0) < $2 RETURNING 1`,
      [factorId, step],
    );
  }

  addPasskey(factor: NewFactor, passkey: Omit<Passkey, 'accountId'>): Promise<boolean> {
    const { credentialId, publicKey, signCount, transports, backupEligible } = passkey;
    return this.add(
      factor,
      `INSERT INTO factor (factor_id, account_id, kind, name, last_used_at,
         credential_id, public_key, sign_count, transports, backup_eligible)
       SELECT $1::uuid, $2::uuid, 'passkey', $3::text, now(),
         $4::bytea, $5::bytea, $6::bigint, $7::text[], $8::boolean`,
      [
        ...[factor.factorId, factor.accountId, factor.name],
        ...[credentialId, publicKey, signCount, [...transports], backupEligible],
      ],
    );
  }

  findPasskeys(accountId: string): Promise<readonly Passkey[]> {
    return this.rows<Passkey>(
      `SELECT ${PASSKEY} FROM factor
       WHERE account_id = $1 AND kind = 'passkey' ORDER BY created_at, factor_id`,
      [accountId],
    );
  }

  async findPasskey(credentialId: Buffer): Promise<Passkey | null> {
    const [row] = await this.rows<Passkey>(
      `SELECT ${PASSKEY} FROM factor WHERE credential_id = $1`,
      [credentialId],
    );
    return row ?? null;
  }

  usePasskey(factorId: string, signCount: number): Promise<boolean> {
    return this.changes(
      `UPDATE factor SET sign_count = $2, last_used_at = now()
       WHERE factor_id = $1 AND kind = 'passkey'
         AND (sign_count < $2 OR (sign_count = 0 AND $2 = 0)) RETURNING 1`,
      [factorId, signCount],
    );
  }

  rename(accountId: string, factorId: string, name: string): Promise<boolean> {
    return this.changes(
      `UPDATE factor SET name = $3 WHERE factor_id = $2 AND account_id = $1 RETURNING 1`,
      [accountId, factorId, name],
    );
  }

  remove(accountId: string, factorId: string, keepLast: boolean): Promise<boolean> {
    return onPostgres(() =>
      this.database.manager.transaction(async (manager) => {
        await manager.query(LOCK_OWNER, [accountId]);
        const factors = await manager.query<{ factor_id: string }[]>(
          'SELECT factor_id FROM factor WHERE account_id = $1',
          [accountId],
        );
        const isLast = factors.length === 1;
        if (!factors.some((factor) => factor.factor_id === factorId)) return false;
        if (isLast && keepLast) return false;
        await manager.query('DELETE FROM factor WHERE factor_id = $1', [factorId]);
        await manager.query('DELETE FROM remembered_device WHERE account_id = $1', [accountId]);
        if (!isLast) return true;
        await manager.query('DELETE FROM recovery_code WHERE account_id = $1', [accountId]);
        return true;
      }),
    );
  }

  private add(factor: NewFactor, insert: string, values: unknown[]): Promise<boolean> {
    const { accountId, basis, mostBefore } = factor;
    const most = Math.min(mostBefore, ROOM_FOR_ONE);
    return onPostgres(() =>
      this.database.manager.transaction(async (manager) => {
        // Parallel additions are counted one after another.
        await manager.query(LOCK_OWNER, [accountId]);
        if (!(await holdBasis(manager, accountId, basis, new Date()))) return false;
        const added = await manager.query<unknown[]>(
          `${insert} WHERE (SELECT count(*) FROM factor WHERE account_id = $2) <= ${most}
           ON CONFLICT DO NOTHING RETURNING 1`,
          values,
        );
        return added.length > 0;
      }),
    );
  }

  private async changes(update: string, values: unknown[]): Promise<boolean> {
    const [changed] = await onPostgres(() =>
      this.database.manager.query<[unknown[], number]>(update, values),
    );
    return changed.length > 0;
  }

  private rows<T>(statement: string, values: unknown[]): Promise<T[]> {
    return onPostgres(() => this.database.manager.query<T[]>(statement, values));
  }
}
