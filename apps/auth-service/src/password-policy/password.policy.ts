/** What a password that a person chooses must be: long enough, and not what a guesser begins with. */
import { Inject, Injectable } from '@nestjs/common';
import { MAX_PASSWORD_BYTES } from '../account/password.hasher.js';
import {
  passwordPolicyConfig,
  type PasswordPolicyConfig,
} from '../config/password-policy.config.js';
import { BreachedPasswords } from './breached.passwords.js';

/** Why a password is not taken. */
export type PasswordProblem = 'short' | 'long' | 'common' | 'personal';

/** What a guesser knows of a person. */
export interface PasswordOwner {
  readonly username: string;
  readonly name: string | null;
  readonly email: string | null;
}

// What is shorter is in too many words.
const MIN_PERSONAL_LENGTH = 4;
// Beside what is known of the person, so many characters have to be left.
const MIN_OWN_LENGTH = 6;

/** No rule about kinds of characters, and no expiry (NIST SP 800-63B-4 section 3.1.1.2). */
@Injectable()
export class PasswordPolicy {
  constructor(
    @Inject(passwordPolicyConfig.KEY) private readonly config: PasswordPolicyConfig,
    private readonly breached: BreachedPasswords,
  ) {}

  /** Characters that a password has at least. */
  get minLength(): number {
    return this.config.minLength;
  }

  /**
   * @returns null for a password that may be set
   * @throws TemporarilyUnavailableError where it cannot be known
   */
  async findProblem(password: string, owner: PasswordOwner): Promise<PasswordProblem | null> {
    const composed = password.normalize('NFC');
    // Composing may lengthen a text too.
    if ([password, composed].some((text) => Buffer.byteLength(text) > MAX_PASSWORD_BYTES)) {
      return 'long';
    }
    // As NIST counts: each code point is one character.
    if ([...composed].length < this.config.minLength) return 'short';
    if (isPersonal(password, owner)) return 'personal';
    return (await this.breached.contains(password)) ? 'common' : null;
  }
}

function isPersonal(password: string, { username, name, email }: PasswordOwner): boolean {
  const words = [
    username,
    ...(name ?? '').split(/\s+/),
    (email ?? '').split('@')[0] ?? '',
    'keyward',
  ]
    .map((word) => word.toLowerCase())
    .filter((word) => word.length >= MIN_PERSONAL_LENGTH)
    .sort((one, other) => other.length - one.length);
  const text = password.toLowerCase();
  const own = words.reduce((left, word) => left.replaceAll(word, ''), text);
  return own !== text && own.length < MIN_OWN_LENGTH;
}
