/** Makes an account nobody's: what a person is known by goes, what happened stays by its id alone. */
import { type EntityManager } from 'typeorm';

// What a person signed in by, was remembered by and allowed; the account's row keeps its id from being given again.
const OWNED = ['factor', 'recovery_code', 'remembered_device', 'upstream_identity', 'consent'];

const ERASE = `
  UPDATE account SET
    username = 'erased-' || account_id, password_hash = NULL, declared_password_hash = NULL,
    declared_profile = NULL, name = NULL, given_name = NULL, family_name = NULL, picture = NULL,
    locale = NULL, zoneinfo = NULL, email = NULL, email_verified = false, phone_number = NULL,
    phone_number_verified = false, address = NULL, groups = '{}',
    disabled_at = coalesce(disabled_at, $2), erased_at = coalesce(erased_at, $2), updated_at = $2
  WHERE account_id = $1`;

const FORGET_DEVICES = `
  UPDATE session SET user_agent = NULL, address = NULL WHERE sid = ANY($1::uuid[])`;
const FORGET_DETAILS = `
  UPDATE oauth_grant SET authorization_details = '[]'
  WHERE account_id = $1 AND authorization_details <> '[]'`;

/** Whom to forget, and the sessions that have just ended: earlier ones are purged by their time. */
export interface Erasure {
  readonly accountId: string;
  readonly sids: readonly string[];
}

/** To be run in the transaction that ends whatever the account is signed in to. */
export async function eraseAccount(
  manager: EntityManager,
  { accountId, sids }: Erasure,
  now: Date,
): Promise<void> {
  await manager.query(ERASE, [accountId, now]);
  for (const table of OWNED) {
    await manager.query(`DELETE FROM ${table} WHERE account_id = $1`, [accountId]);
  }
  await manager.query(FORGET_DEVICES, [sids]);
  await manager.query(FORGET_DETAILS, [accountId]);
}
