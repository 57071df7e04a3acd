/** Sessions for unit tests, of which each test says what matters to it. */
import { randomBytes } from 'node:crypto';
import { type PostgresDatabase } from '../storage/postgres/postgres.database.js';
import { PASSWORD_ACR, PASSWORD_AMR } from '../authentication/acr.js';
import { type Session } from '../session/session.js';

/** The account of every session that names no other. */
export const ACCOUNT_ID = '5b2e7f0c-3c8a-4a8e-9d6f-0d5b3c1f2a10';

/** A session of {@link ACCOUNT_ID} that began now, idles for an hour and lives for two. */
export function sessionFixture(change: Partial<Session> = {}): Session {
  const inMs = (ms: number) => new Date(Date.now() + ms);
  return {
    sid: '0a9c1d52-7d4e-4f0b-8a39-6f3f1f0e7c11',
    accountId: ACCOUNT_ID,
    authenticatedAt: inMs(0),
    acr: PASSWORD_ACR,
    amr: [PASSWORD_AMR],
    idleExpiresAt: inMs(3_600_000),
    expiresAt: inMs(7_200_000),
    ...change,
  };
}

/** The account of a session is as it was when the person proved who they are, and no session helped. */
export const UNCHANGED = { signInEpoch: 0, sid: null };

/** Puts the account of a session into a database. */
export async function insertAccount(
  { manager }: PostgresDatabase,
  accountId = ACCOUNT_ID,
): Promise<void> {
  await manager.query(`INSERT INTO account (account_id, username) VALUES ($1::uuid, $1::text)`, [
    accountId,
  ]);
}

/** What the hash of a new cookie looks like. */
export function cookieHash(): Buffer {
  return randomBytes(32);
}
