/** What can be an e-mail address of a person, and how one is written here. */

/** @see RFC 5321 section 4.5.3.1.3: a path holds 256 characters, two of them its brackets */
const MAX_LENGTH = 254;

// What mail servers take of RFC 5322's addr-spec: no quotes, comments, lists or control characters.
const LOCAL_PART = /^[\p{L}\p{N}!#$%&'*+/=?^_`{|}~.-]{1,64}$/u;
const LABEL = /^[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?$/u;

/**
 * An address as it was typed, without the spaces around it and with its domain in lower case.
 * Whether anybody reads mail there only a mail can tell.
 *
 * @returns null for what cannot be one address
 */
export function parseEmailAddress(typed: string): string | null {
  const text = typed.trim().normalize('NFC');
  const at = text.lastIndexOf('@');
  const [local, domain] = [text.slice(0, Math.max(at, 0)), text.slice(at + 1).toLowerCase()];
  const labels = domain.split('.');
  const isAddress =
    at > 0 &&
    Buffer.byteLength(text) <= MAX_LENGTH &&
    LOCAL_PART.test(local) &&
    !/^\.|\.\.|\.$/.test(local) &&
    labels.length > 1 &&
    labels.every((label) => LABEL.test(label));
  return isAddress ? `${local}@${domain}` : null;
}

/** Whether mail to both arrives at the same place, as nearly everyone's servers see it. */
export function isSameAddress(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
