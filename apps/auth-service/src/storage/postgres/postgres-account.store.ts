/** Accounts in PostgreSQL. */
import { Injectable } from '@nestjs/common';
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
import { isUniqueViolation, onPostgres } from './postgres.error.js';

/** Columns that a declaration sets each time, and where it has them. */
const OPERATORS = {
  username: 'username',
  picture: 'picture',
  locale: 'locale',
  zoneinfo: 'zoneinfo',
  phone_number: 'phoneNumber',
  phone_number_verified: 'phoneNumberVerified',
  address: 'address',
  groups: 'groups',
} as const satisfies Record<string, keyof AccountDeclaration>;

/** Columns that people change too: a declaration sets them where it says something new. */
const PERSONS = {
  name: 'name',
  given_name: 'givenName',
  family_name: 'familyName',
  email: 'email',
  email_verified: 'emailVerified',
} as const satisfies Record<string, keyof AccountDeclaration>;

const COLUMNS = [...Object.keys(OPERATORS), ...Object.keys(PERSONS)];
const MEMBERS = [...Object.values(OPERATORS), ...Object.values(PERSONS)];

/** Sets one of them where any of these was declared otherwise before: an address and whether it is proven go together. */
const setWhereNew = (column: string, together: readonly string[] = [column]) => {
  const isNew = together.map(
    (name) =>
      `account.declared_profile->'${name}' IS DISTINCT FROM excluded.declared_profile->'${name}'`,
  );
  return `${column} = CASE WHEN ${isNew.join(' OR ')} THEN excluded.${column} ELSE account.${column} END`;
};
const EMAIL = ['email', 'email_verified'];

// One statement, whatever is there: replicas that start together cannot come between its steps.
// A row is only touched where something differs, so that updated_at says when something did.
const DECLARE = `
  INSERT INTO account (account_id, password_hash, declared_password_hash, declared_profile,
    ${COLUMNS.join(', ')})
  VALUES ($1, $2, $2, $3, ${COLUMNS.map((_, index) => `$${index + 4}`).join(', ')})
  ON CONFLICT (account_id) DO UPDATE SET
    ${Object.keys(OPERATORS)
      .map((column) => `${column} = excluded.${column}`)
      .join(', ')},
    ${['name', 'given_name', 'family_name'].map((column) => setWhereNew(column)).join(', ')},
    ${EMAIL.map((column) => setWhereNew(column, EMAIL)).join(', ')},
    declared_profile = excluded.declared_profile,
    password_hash = coalesce(excluded.password_hash, account.password_hash),
    sign_in_epoch = account.sign_in_epoch + (excluded.password_hash IS NOT NULL)::int,
    declared_password_hash =
      coalesce(excluded.declared_password_hash, account.declared_password_hash),
    updated_at = now()
  WHERE account.erased_at IS NULL AND (excluded.password_hash IS NOT NULL
    OR account.declared_profile IS DISTINCT FROM excluded.declared_profile
    OR (${Object.keys(OPERATORS)
      .map((column) => `account.${column}`)
      .join(', ')})
      IS DISTINCT FROM (${Object.keys(OPERATORS)
        .map((column) => `excluded.${column}`)
        .join(', ')}))`;

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
    const profile = Object.entries(PERSONS).map(([column, member]) => [column, account[member]]);
    const declaredProfile = JSON.stringify(Object.fromEntries(profile));
    try {
      await onPostgres(() =>
        this.database.manager.query(DECLARE, [
          ...[account.accountId, passwordHash, declaredProfile],
          ...values,
        ]),
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
