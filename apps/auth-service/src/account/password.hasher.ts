/** Hashes passwords with argon2id, off the main thread, few at a time. */
import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { Injectable } from '@nestjs/common';
import { TemporarilyUnavailableError } from '@keyward/oauth';
import { hash, verify } from '@node-rs/argon2';

/** Longest password, in bytes of UTF-8: no person types more, and hashing it must not be a weapon. */
export const MAX_PASSWORD_BYTES = 1024;

// The OWASP minimum for argon2id, which takes 15 to 35 ms.
const PARAMETERS = { memoryCost: 19_456, timeCost: 2, parallelism: 1, outputLen: 32 } as const;
const PREFIX = `$argon2id$v=19$m=${PARAMETERS.memoryCost},t=${PARAMETERS.timeCost},p=${PARAMETERS.parallelism}$`;

// Of libuv's four threads at least one is left to whatever else runs there, signatures above all.
const MAX_RUNNING = Math.min(availableParallelism(), 3);
// A wait of a second or two; whoever comes later is told to come again rather than left to wait.
const MAX_WAITING = 64;

/** One for the process: the limits are the process's. */
@Injectable()
export class PasswordHasher {
  // A digest that nobody knows a password for; its check costs what any other check does.
  private readonly nobodysHash = PREFIX + [16, 32].map(randomBase64).join('$');
  private readonly waiting: (() => void)[] = [];
  private running = 0;

  /**
   * @returns a PHC string
   * @throws RangeError for a password of more than {@link MAX_PASSWORD_BYTES}
   * @throws TemporarilyUnavailableError where too many are waiting
   */
  async hash(password: string): Promise<string> {
    const octets = prepare(password);
    if (octets === null) {
      throw new RangeError(`the password is longer than ${MAX_PASSWORD_BYTES} bytes`);
    }
    return this.inTurn(() => hash(octets, PARAMETERS));
  }

  /**
   * Whether a password is the one of this hash. It costs the same whatever the answer.
   *
   * @param passwordHash null where there is no such account: the same work, and never true
   * @throws TemporarilyUnavailableError where too many are waiting
   */
  async verify(passwordHash: string | null, password: string): Promise<boolean> {
    const octets = prepare(password);
    const matches = await this.inTurn(() =>
      verify(passwordHash ?? this.nobodysHash, octets ?? Buffer.alloc(1)),
    );
    return matches && passwordHash !== null && octets !== null;
  }

  /** Whether a hash was made with other parameters than are used now. */
  needsRehash(passwordHash: string): boolean {
    return !passwordHash.startsWith(PREFIX);
  }

  /** How many are hashed now, and how many wait for it. */
  get queue(): { readonly running: number; readonly waiting: number } {
    return { running: this.running, waiting: this.waiting.length };
  }

  private async inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.running < MAX_RUNNING) this.running += 1;
    else await this.waitForTurn();
    try {
      return await work();
    } finally {
      // The place goes to the next one, so that nobody who comes now is before him.
      const next = this.waiting.shift();
      if (next === undefined) this.running -= 1;
      else next();
    }
  }

  private waitForTurn(): Promise<void> {
    if (this.waiting.length >= MAX_WAITING) {
      throw new TemporarilyUnavailableError(
        'the server cannot answer now',
        `more than ${MAX_WAITING} passwords are waiting to be checked`,
      );
    }
    return new Promise((resolve) => void this.waiting.push(resolve));
  }
}

/**
 * A password as it is hashed: the same for every keyboard that can type it.
 * @see RFC 8265 section 4.2 (OpaqueString): spaces are one space, then NFC. NFKC would make
 *   characters equal that the person who chose them can tell apart
 */
function prepare(password: string): Buffer | null {
  const octets = Buffer.from(password.replace(/\p{Zs}/gu, ' ').normalize('NFC'));
  return octets.length > MAX_PASSWORD_BYTES ? null : octets;
}

// Base64 without padding, as PHC strings have it.
function randomBase64(bytes: number): string {
  return randomBytes(bytes).toString('base64').replaceAll('=', '');
}
