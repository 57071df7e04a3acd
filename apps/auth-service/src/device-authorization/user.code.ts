/** User codes: eight consonants, as a person reads them off one screen and types them at another. */
import { randomInt } from 'node:crypto';

/**
 * Without vowels no code is a word, without digits none of them is taken for a letter.
 * @see RFC 8628 section 6.1
 */
export const USER_CODE_ALPHABET = 'BCDFGHJKLMNPQRSTVWXZ';

/** 20^8 codes: 34.5 bits, which the brake on entering them makes enough (RFC 8628 section 5.1). */
export const USER_CODE_LENGTH = 8;

/** The longest text that is looked at for a code: whoever types spaces types few of them. */
const MAX_TYPED_LENGTH = 64;

const USER_CODE = new RegExp(`^[${USER_CODE_ALPHABET}]{${USER_CODE_LENGTH}}$`);

/** A new code, as it is compared: without the dash. */
export function createUserCode(): string {
  const letters = Array.from({ length: USER_CODE_LENGTH }, () =>
    randomInt(USER_CODE_ALPHABET.length),
  );
  return letters.map((index) => USER_CODE_ALPHABET[index]).join('');
}

/**
 * What was typed, without case, spaces, dashes and whatever else is no letter of a code.
 * @returns null for what cannot be a code
 */
export function normaliseUserCode(typed: string): string | null {
  if (typed.length > MAX_TYPED_LENGTH) return null;
  const code = typed.toUpperCase().replaceAll(/[^A-Z0-9]/g, '');
  return USER_CODE.test(code) ? code : null;
}

/** As it is shown: `WDJB-MJHT`. */
export function formatUserCode(code: string): string {
  return `${code.slice(0, USER_CODE_LENGTH / 2)}-${code.slice(USER_CODE_LENGTH / 2)}`;
}
