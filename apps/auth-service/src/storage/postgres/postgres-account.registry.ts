/** The accounts in PostgreSQL, for those who keep them. */
import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { AccountConflictError } from '../../account/account-conflict.error.js';
import { type Account } from '../../account/account.js';
import {
  type AccountChange,
  type AccountProfile,
  type AccountQuery,
  AccountRegistry,
  type AccountUse,
  type RegisteredAccount,
} from '../../account/account.registry.js';
import { UsernameTakenError } from '../../account/account.store.js';
import { EMAIL_LOCK, EMAIL_OF_ANOTHER } from './email-owner.statements.js';
import { PostgresDatabase } from './postgres.database.js';
import { isUniqueViolation, onPostgres } from './postgres.error.js';

/** Columns that an administrator may write, by the members that they are. */
const COLUMNS = {
  username: 'username',
  name: 'name',
  givenName: 'given_name',
  familyName: 'family_name',
  picture: 'picture',
  locale: 'locale',
  zoneinfo: 'zoneinfo',
  email: 'email',
  emailVerified: 'email_verified',
  phoneNumber: 'phone_number',
  phoneNumberVerified: 'phone_number_verified',
  address: 'address',
  groups: 'groups',
} as const satisfies Record<keyof AccountProfile, string>;

const MEMBERS = Object.keys(COLUMNS) as (keyof AccountProfile)[];

const SELECTED = `account_id AS "accountId",
  ${MEMBERS.map((member) => `${COLUMNS[member]} AS "${member}"`).join(', ')},
  password_hash IS NOT NULL AS "hasPassword", disabled_at AS "disabledAt",
  sign_in_epoch AS "signInEpoch", created_at AS "createdAt", updated_at AS "updatedAt",
  erased_at AS "erasedAt"`;

const STATUS = {
  enabled: 'disabled_at IS NULL',
  disabled: 'disabled_at IS NOT NULL AND erased_at IS NULL',
  erased: 'erased_at IS NOT NULL',
} as const;

// Octet by octet: one index serves the prefix, the order and where a page begins.
const USERNAME = 'username COLLATE "C"';

const COUNT = `
  SELECT
    (SELECT count(*)::int FROM session WHERE account_id = $1 AND ended_at IS NULL
      AND idle_expires_at > $2 AND expires_at > $2) AS sessions,
    (SELECT count(*)::int FROM oauth_grant WHERE account_id = $1 AND revoked_at IS NULL
      AND expires_at > $2) AS grants`;

type AccountRow = Account & Omit<RegisteredAccount, 'account'>;

@Injectable()
export class PostgresAccountRegistry extends AccountRegistry {
  constructor(private readonly database: PostgresDatabase) {
    super();
  }

  list(
    { usernamePrefix, emailPrefix, status }: AccountQuery,
    after: string | null,
    limit: number,
  ): Promise<readonly RegisteredAccount[]> {
    const values: unknown[] = [limit];
    const bound = (value: unknown) => `$${values.push(value)}`;
    const conditions = [
      ...(after === null ? [] : [`${USERNAME} > ${bound(after)}`]),
      ...(usernamePrefix === undefined
        ? []
        : [`${USERNAME} LIKE ${bound(beginningWith(usernamePrefix))}`]),
      ...(emailPrefix === undefined
        ? []
        : [`lower(email) COLLATE "C" LIKE ${bound(beginningWith(emailPrefix.toLowerCase()))}`]),
      ...(status === undefined ? [] : [STATUS[status]]),
    ];
    const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
    const statement = `SELECT ${SELECTED} FROM account ${where} ORDER BY ${USERNAME} LIMIT $1`;
    return onPostgres(async () => {
      const rows = await this.database.manager.query<AccountRow[]>(statement, values);
      return rows.map(registered);
    });
  }

  find(accountId: string): Promise<RegisteredAccount | null> {
    return onPostgres(() => findRow(this.database.manager, accountId));
  }

  countUse(accountId: string, now: Date): Promise<AccountUse> {
    return onPostgres(async () => {
      const [row] = await this.database.manager.query<AccountUse[]>(COUNT, [accountId, now]);
      return row ?? { sessions: 0, grants: 0 };
    });
  }

  create(
    accountId: string,
    profile: AccountProfile,
    passwordHash: string | null,
  ): Promise<RegisteredAccount> {
    const values = [accountId, passwordHash, ...MEMBERS.map((member) => profile[member])];
    const names = MEMBERS.map((member) => COLUMNS[member]).join(', ');
    const places = values.map((_, index) => `$${index + 1}`).join(', ');
    const statement = `
      INSERT INTO account (account_id, password_hash, ${names}) VALUES (${places})
      RETURNING ${SELECTED}`;
    return this.transaction(profile.username, async (manager) => {
      const { email, emailVerified } = profile;
      if (emailVerified && email !== null) await demandEmail(manager, email, accountId);
      const [row] = await manager.query<[AccountRow]>(statement, values);
      return registered(row);
    });
  }

  change(accountId: string, members: Partial<AccountProfile>): Promise<AccountChange | null> {
    return this.transaction(members.username ?? '', async (manager) => {
      // Before the row, as whoever proves an address does: nobody waits for each other in a circle.
      const proven =
        members.emailVerified === true ? await emailAfter(manager, accountId, members) : null;
      if (proven !== null) await manager.query(EMAIL_LOCK, [proven]);
      const before = await findRow(manager, accountId, 'FOR UPDATE');
      if (before === null || before.erasedAt !== null) return null;
      const isMoved = members.email !== undefined && members.email !== before.account.email;
      const complete = { ...(isMoved && { emailVerified: false }), ...members };
      const email = members.email === undefined ? before.account.email : members.email;
      if (complete.emailVerified === true && email !== null) {
        // Whose address changed since it was read may not have it proven by a word about another one.
        if (email !== proven) return null;
        await demandEmail(manager, email, accountId);
      }
      return { before, after: await update(manager, accountId, complete) };
    });
  }

  enable(accountId: string): Promise<AccountChange | null> {
    return this.transaction('', async (manager) => {
      const before = await findRow(manager, accountId, 'FOR UPDATE');
      if (before === null || before.erasedAt !== null) return null;
      await manager.query('UPDATE account SET disabled_at = NULL WHERE account_id = $1', [
        accountId,
      ]);
      return { before, after: { ...before, account: { ...before.account, disabledAt: null } } };
    });
  }

  private transaction<T>(
    username: string,
    work: (manager: EntityManager) => Promise<T>,
  ): Promise<T> {
    return onPostgres(() => this.database.manager.transaction(work)).catch((error: unknown) => {
      throw isUniqueViolation(error) ? new UsernameTakenError(username, { cause: error }) : error;
    });
  }
}

async function findRow(
  manager: EntityManager,
  accountId: string,
  lock = '',
): Promise<RegisteredAccount | null> {
  const statement = `SELECT ${SELECTED} FROM account WHERE account_id = $1 ${lock}`;
  const [row] = await manager.query<AccountRow[]>(statement, [accountId]);
  return row === undefined ? null : registered(row);
}

async function emailAfter(
  manager: EntityManager,
  accountId: string,
  members: Partial<AccountProfile>,
): Promise<string | null> {
  if (members.email !== undefined) return members.email;
  return (await findRow(manager, accountId))?.account.email ?? null;
}

async function demandEmail(
  manager: EntityManager,
  email: string,
  accountId: string,
): Promise<void> {
  await manager.query(EMAIL_LOCK, [email]);
  const others = await manager.query<unknown[]>(`${EMAIL_OF_ANOTHER} LIMIT 1`, [email, accountId]);
  if (others.length > 0) {
    throw new AccountConflictError('another account has proven this address');
  }
}

async function update(
  manager: EntityManager,
  accountId: string,
  members: Partial<AccountProfile>,
): Promise<RegisteredAccount> {
  const changed = MEMBERS.filter((member) => members[member] !== undefined);
  const sets = changed.map((member, index) => `${COLUMNS[member]} = $${index + 2}`);
  // updated_at is a claim of this person: an empty change leaves it.
  const statement = `
    UPDATE account SET ${[...sets, 'updated_at = now()'].join(', ')} WHERE account_id = $1
    RETURNING ${SELECTED}`;
  const values = [accountId, ...changed.map((member) => members[member])];
  const [[row]] = await manager.query<[[AccountRow], number]>(statement, values);
  return registered(row);
}

function registered({ groups, hasPassword, createdAt, erasedAt, ...account }: AccountRow) {
  return { account, groups, hasPassword, createdAt, erasedAt };
}

function beginningWith(prefix: string): string {
  return `${prefix.replaceAll(/[\\%_]/g, '\\$&')}%`;
}
