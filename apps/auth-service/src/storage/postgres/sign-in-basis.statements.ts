/** Holds what a sign-in is based on, in PostgreSQL: until the transaction ends nobody takes it away. */
import { type EntityManager } from 'typeorm';
import { type SignInBasis } from '../../session/session.record.js';

// Whatever ends every sign-in changes the account's row first: it waits here, and is waited for.
const HOLD_ACCOUNT = `
  SELECT 1 FROM account
  WHERE account_id = $1 AND sign_in_epoch = $2 AND disabled_at IS NULL FOR SHARE`;
const HOLD_SESSION = `
  SELECT 1 FROM session
  WHERE sid = $1 AND account_id = $2 AND ended_at IS NULL AND expires_at > $3 FOR UPDATE`;

/**
 * To be run first in a transaction.
 * @returns whether it is there
 */
export async function holdBasis(
  manager: EntityManager,
  accountId: string,
  { signInEpoch, sid }: SignInBasis,
  now: Date,
): Promise<boolean> {
  const accounts = await manager.query<unknown[]>(HOLD_ACCOUNT, [accountId, signInEpoch]);
  if (accounts.length === 0 || sid === null) return accounts.length > 0;
  return (await manager.query<unknown[]>(HOLD_SESSION, [sid, accountId, now])).length > 0;
}
