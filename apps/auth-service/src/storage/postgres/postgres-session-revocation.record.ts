/** Ends sessions with their grants in PostgreSQL. */
import { Injectable } from '@nestjs/common';
import { OFFLINE_ACCESS_SCOPE } from '@keyward/oauth';
import { type EntityManager, IsNull } from 'typeorm';
import { type RevocationCause } from '../../grant/grant.js';
import { type RecordedEnd } from '../../session/session.record.js';
import {
  type KeptSessions,
  type PasswordReplacement,
  SessionRevocationRecord,
} from '../../session/session-revocation.record.js';
import { eraseAccount } from './account-erasure.statements.js';
import { AccountEntity } from './entities/account.entity.js';
import { revokeGrants } from './grant-revocation.statements.js';
import { PostgresDatabase } from './postgres.database.js';
import { onPostgres } from './postgres.error.js';
import { endSession } from './session-end.statements.js';

// The row's lock keeps sessions from being started: what begins afterwards knows that it is too late.
const OUTDATE_SIGN_INS = `
  UPDATE account SET sign_in_epoch = sign_in_epoch + 1 WHERE account_id = $1`;
const DISABLE = `
  UPDATE account SET disabled_at = coalesce(disabled_at, $2) WHERE account_id = $1`;
// Expired ones too: their hot copies are a minute behind at most. In one order, so that none deadlock.
const LOCK_SESSIONS = `
  SELECT sid FROM session
  WHERE account_id = $1 AND sid IS DISTINCT FROM $2::uuid AND ended_at IS NULL
  ORDER BY sid FOR UPDATE`;

/** Sessions first, as whoever records a grant does: then the grant is seen here, or refused there. */
@Injectable()
export class PostgresSessionRevocationRecord extends SessionRevocationRecord {
  constructor(private readonly database: PostgresDatabase) {
    super();
  }

  revokeSession(
    sid: string,
    cause: RevocationCause,
    outboxUntil: Date,
    now: Date,
  ): Promise<RecordedEnd | null> {
    return this.transaction(async (manager) => {
      const ended = await endSettled(manager, sid, cause, now);
      if (ended !== null) {
        await revokeGrants(manager, 'session', [sid, OFFLINE_ACCESS_SCOPE], cause, outboxUntil);
      }
      return ended;
    });
  }

  revokeAccount(
    accountId: string,
    cause: RevocationCause,
    outboxUntil: Date,
    now: Date,
  ): Promise<readonly RecordedEnd[]> {
    return this.transaction((manager) => endAll(manager, accountId, cause, outboxUntil, now));
  }

  revokeOthers(
    accountId: string,
    keptSid: string,
    cause: RevocationCause,
    outboxUntil: Date,
    now: Date,
  ): Promise<readonly RecordedEnd[]> {
    return this.transaction((manager) =>
      endAll(manager, accountId, cause, outboxUntil, now, { sid: keptSid }),
    );
  }

  replacePassword(
    accountId: string,
    { from, to }: PasswordReplacement,
    cause: RevocationCause,
    outboxUntil: Date,
    now: Date,
    kept: KeptSessions = 'none',
  ): Promise<readonly RecordedEnd[] | null> {
    return this.transaction(async (manager) => {
      const where = { accountId, passwordHash: from, disabledAt: IsNull() };
      const { affected } = await manager.update(AccountEntity, where, { passwordHash: to });
      return affected === 1 ? endAll(manager, accountId, cause, outboxUntil, now, kept) : null;
    });
  }

  disableAccount(
    accountId: string,
    cause: RevocationCause,
    outboxUntil: Date,
    now: Date,
  ): Promise<readonly RecordedEnd[] | null> {
    return this.transaction(async (manager) => {
      const [, found] = await manager.query<[unknown, number]>(DISABLE, [accountId, now]);
      return found === 0 ? null : endAll(manager, accountId, cause, outboxUntil, now);
    });
  }

  eraseAccount(
    accountId: string,
    cause: RevocationCause,
    outboxUntil: Date,
    now: Date,
  ): Promise<readonly RecordedEnd[] | null> {
    return this.transaction(async (manager) => {
      const [, found] = await manager.query<[unknown, number]>(DISABLE, [accountId, now]);
      if (found === 0) return null;
      const ended = await endAll(manager, accountId, cause, outboxUntil, now);
      const sids = ended.map(({ sid }) => sid);
      await eraseAccount(manager, { accountId, sids }, now);
      return ended;
    });
  }

  private transaction<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    return onPostgres(() => this.database.manager.transaction(work));
  }
}

async function endAll(
  manager: EntityManager,
  accountId: string,
  cause: RevocationCause,
  outboxUntil: Date,
  now: Date,
  kept: KeptSessions = 'none',
): Promise<readonly RecordedEnd[]> {
  await manager.query(OUTDATE_SIGN_INS, [accountId]);
  if (kept === 'all') return [];
  const keptSid = kept === 'none' ? null : kept.sid;
  const rows = await manager.query<{ sid: string }[]>(LOCK_SESSIONS, [accountId, keptSid]);
  const ended: RecordedEnd[] = [];
  for (const { sid } of rows) {
    const one = await endSettled(manager, sid, cause, now);
    if (one !== null) ended.push(one);
  }
  if (keptSid === null) await revokeGrants(manager, 'account', [accountId], cause, outboxUntil);
  else await revokeGrants(manager, 'others', [accountId, keptSid], cause, outboxUntil);
  return ended;
}

/** Its grants are revoked in the same transaction, so nobody has to do that later. */
async function endSettled(
  manager: EntityManager,
  sid: string,
  { reason }: RevocationCause,
  now: Date,
): Promise<RecordedEnd | null> {
  const ended = await endSession(manager, sid, reason, now);
  if (ended !== null) {
    await manager.query('UPDATE session SET settled_at = $2 WHERE sid = $1', [sid, now]);
  }
  return ended;
}
