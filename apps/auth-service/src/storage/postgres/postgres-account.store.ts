/** Accounts in PostgreSQL. */
import { Injectable } from '@nestjs/common';
import pg from 'pg';
import { QueryFailedError } from 'typeorm';
import { type Account } from '../../account/account.js';
import {
  type AccountDeclaration,
  AccountStore,
  type AccountWithPassword,
  canonicalUsername,
  UsernameTakenError,
} from '../../account/account.store.js';
import { AccountEntity } from './entities/account.entity.js';
import { PostgresDatabase } from './postgres.database.js';
import { onPostgres } from './postgres.error.js';

const UNIQUE_VIOLATION = '23505';

/** Columns that a declaration sets, and where it has them. */
const DECLARED = {
  username: 'username',
  name: 'name',
  given_name: 'givenName',
  family_name: 'familyName',
  picture: 'picture',
  locale: 'locale',
  zoneinfo: 'zoneinfo',
  email: 'email',
  email_verified: 'emailVerified',
  phone_number: 'phoneNumber',
  phone_number_verified: 'phoneNumberVerified',
  address: 'address',
  groups: 'groups',
} as const satisfies Record<string, keyof AccountDeclaration>;
const COLUMNS = Object.keys(DECLARED);
const MEMBERS = Object.values(DECLARED);

// One statement, whatever is there: replicas that start together cannot come between its steps.
// A row is only touched where something differs, so that updated_at says when something did.
const DECLARE = `
  INSERT INTO account (account_id, password_hash, declared_password_hash, ${COLUMNS.join(', ')})
  VALUES ($1, $2, $2, ${COLUMNS.map((_, index) => `$${index + 3}`).join(', ')})
  ON CONFLICT (account_id) DO UPDATE SET
    ${COLUMNS.map((column) => `${column} = excluded.${column}`).join(', ')},
    password_hash = coalesce(excluded.password_hash, account.password_hash),
    sign_in_epoch = account.sign_in_epoch + (excluded.password_hash IS NOT NULL)::int,
    declared_password_hash =
      coalesce(excluded.declared_password_hash, account.declared_password_hash),
    updated_at = now()
  WHERE excluded.password_hash IS NOT NULL
    OR (${COLUMNS.map((column) => `account.${column}`).join(', ')})
      IS DISTINCT FROM (${COLUMNS.map((column) => `excluded.${column}`).join(', ')})`;

@Injectable()
export class PostgresAccountStore extends AccountStore {
  constructor(private readonly database: PostgresDatabase) {
    super();
  }

  async find(accountId: string): Promise<Account | null> {
    const row = await onPostgres(() =>
      this.database.manager.findOneBy(AccountEntity, { accountId }),
    );
    return row && toAccount(row);
  }

  async findByUsername(username: string): Promise<AccountWithPassword | null> {
    const row = await onPostgres(() =>
      this.database.manager.findOneBy(AccountEntity, { username: canonicalUsername(username) }),
    );
    return row && { account: toAccount(row), passwordHash: row.passwordHash };
  }

  async findDeclaredPasswordHash(accountId: string): Promise<string | null> {
    const row = await onPostgres(() =>
      this.database.manager.findOne(AccountEntity, {
        select: { accountId: true, declaredPasswordHash: true },
        where: { accountId },
      }),
    );
    return row?.declaredPasswordHash ?? null;
  }

  async declare(account: AccountDeclaration, passwordHash: string | null): Promise<void> {
    const declared = { ...account, groups: account.groups ?? [] };
    const values = MEMBERS.map((member) => declared[member]);
    try {
      await onPostgres(() =>
        this.database.manager.query(DECLARE, [account.accountId, passwordHash, ...values]),
      );
    } catch (error) {
      throw isUniqueViolation(error)
        ? new UsernameTakenError(account.username, { cause: error })
        : error;
    }
  }

  async rehash(accountId: string, from: string, to: string): Promise<void> {
    await onPostgres(() =>
      this.database.manager.update(
        AccountEntity,
        { accountId, passwordHash: from },
        { passwordHash: to },
      ),
    );
  }
}

function toAccount({
  passwordHash: _passwordHash,
  declaredPasswordHash: _declaredPasswordHash,
  ...account
}: AccountEntity): Account {
  return account;
}

function isUniqueViolation(error: unknown): boolean {
  const cause: unknown = error instanceof QueryFailedError ? error.driverError : error;
  return cause instanceof pg.DatabaseError && cause.code === UNIQUE_VIOLATION;
}
