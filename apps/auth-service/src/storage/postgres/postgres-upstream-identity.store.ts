/** Links between accounts and people at upstream providers, in PostgreSQL. */
import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import {
  type NewUpstreamIdentity,
  type UnlinkOutcome,
  type UpstreamAccount,
  type UpstreamIdentity,
  UpstreamIdentityStore,
  type UpstreamSubject,
} from '../../upstream/upstream-identity.store.js';
import { PostgresDatabase } from './postgres.database.js';
import { onPostgres } from './postgres.error.js';

const RECOGNISE = `
  UPDATE upstream_identity SET last_used_at = now() WHERE issuer = $1 AND subject = $2
  RETURNING account_id AS "accountId"`;

const FIND_OWNERS = `
  SELECT account_id AS "accountId" FROM account
  WHERE email_verified AND lower(email) = lower($1) AND disabled_at IS NULL LIMIT 2`;

const LINK = `
  INSERT INTO upstream_identity (issuer, subject, account_id, label, last_used_at)
  VALUES ($1, $2, $3, $4, now())
  ON CONFLICT ON CONSTRAINT upstream_identity_is_unique DO NOTHING RETURNING identity_id`;

const CREATE = `
  INSERT INTO account (account_id, username, name, given_name, family_name, picture, locale, zoneinfo,
    email, email_verified, phone_number, phone_number_verified, address)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
  ON CONFLICT (username) DO NOTHING RETURNING account_id`;

const FIND_OF_ACCOUNT = `
  SELECT identity_id AS "identityId", upstream_identity.issuer, subject, upstream.name AS "upstreamName",
    label, linked_at AS "linkedAt", last_used_at AS "lastUsedAt"
  FROM upstream_identity
  LEFT JOIN upstream ON upstream.issuer = upstream_identity.issuer AND upstream.disabled_at IS NULL
  WHERE account_id = $1 ORDER BY linked_at, identity_id`;

// A passkey does not count: it may be taken away at the same time, by someone who counts on this link.
const HAS_OTHER_WAY = `
  SELECT (SELECT password_hash IS NOT NULL FROM account WHERE account_id = $1)
    OR EXISTS (
      SELECT FROM upstream_identity JOIN upstream USING (issuer)
      WHERE account_id = $1 AND identity_id <> $2 AND upstream.disabled_at IS NULL) AS "hasOther"`;

@Injectable()
export class PostgresUpstreamIdentityStore extends UpstreamIdentityStore {
  constructor(private readonly database: PostgresDatabase) {
    super();
  }

  recognise({ issuer, subject }: UpstreamSubject): Promise<string | null> {
    return onPostgres(async () => {
      // An UPDATE is answered with its rows and their number.
      const [rows] = await this.database.manager.query<[{ accountId: string }[], number]>(
        RECOGNISE,
        [issuer, subject],
      );
      return rows[0]?.accountId ?? null;
    });
  }

  findVerifiedOwner(email: string): Promise<string | null> {
    return onPostgres(async () => {
      const rows = await this.database.manager.query<{ accountId: string }[]>(FIND_OWNERS, [email]);
      return rows.length === 1 ? (rows[0]?.accountId ?? null) : null;
    });
  }

  link(identity: NewUpstreamIdentity): Promise<boolean> {
    return onPostgres(() => insertLink(this.database.manager, identity));
  }

  createAccount(
    account: UpstreamAccount,
    identity: Omit<NewUpstreamIdentity, 'accountId'>,
  ): Promise<string | null> {
    const { accountId } = account;
    return onPostgres(() =>
      this.database.manager.transaction(async (manager) => {
        const made = await manager.query<unknown[]>(CREATE, valuesOf(account));
        if (made.length === 0) return null;
        if (await insertLink(manager, { ...identity, accountId })) return accountId;
        // Somebody was faster: the account that was just made goes, and theirs is the one.
        await manager.query(`DELETE FROM account WHERE account_id = $1`, [accountId]);
        const [row] = await manager.query<{ accountId: string }[]>(
          `SELECT account_id AS "accountId" FROM upstream_identity WHERE issuer = $1 AND subject = $2`,
          [identity.issuer, identity.subject],
        );
        return row?.accountId ?? null;
      }),
    );
  }

  findOfAccount(accountId: string): Promise<readonly UpstreamIdentity[]> {
    return onPostgres(() =>
      this.database.manager.query<UpstreamIdentity[]>(FIND_OF_ACCOUNT, [accountId]),
    );
  }

  unlink(accountId: string, identityId: string): Promise<UnlinkOutcome> {
    return onPostgres(() =>
      this.database.manager.transaction(async (manager) => {
        // Two links of one account are not taken at once, each because the other is there.
        await manager.query(`SELECT FROM account WHERE account_id = $1 FOR UPDATE`, [accountId]);
        const own = await manager.query<unknown[]>(
          `SELECT FROM upstream_identity WHERE account_id = $1 AND identity_id = $2`,
          [accountId, identityId],
        );
        if (own.length === 0) return 'unknown';
        const [other] = await manager.query<{ hasOther: boolean }[]>(HAS_OTHER_WAY, [
          accountId,
          identityId,
        ]);
        if (other?.hasOther !== true) return 'lastWay';
        await manager.query(`DELETE FROM upstream_identity WHERE identity_id = $1`, [identityId]);
        return 'unlinked';
      }),
    );
  }
}

async function insertLink(manager: EntityManager, identity: NewUpstreamIdentity): Promise<boolean> {
  const { issuer, subject, accountId, label } = identity;
  const made = await manager.query<unknown[]>(LINK, [issuer, subject, accountId, label]);
  return made.length > 0;
}

function valuesOf(account: UpstreamAccount): unknown[] {
  return [
    ...[account.accountId, account.username, account.name, account.givenName, account.familyName],
    ...[account.picture, account.locale, account.zoneinfo, account.email, account.emailVerified],
    ...[account.phoneNumber, account.phoneNumberVerified, account.address],
  ];
}
