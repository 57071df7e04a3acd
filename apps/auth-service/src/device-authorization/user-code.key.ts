/** The keys under which entered user codes are counted. */
import { signInKeys } from '../limits/sign-in.key.js';
import { type USER_CODE_KEYS, type UserCodeSource } from './user-code.brake.js';

/** The keys of an attempt. */
export function userCodeKeys({
  accountId,
  address,
}: UserCodeSource): Readonly<Record<(typeof USER_CODE_KEYS)[number], string>> {
  return { ...signInKeys({ username: accountId, address }), everybody: 'everybody' };
}
