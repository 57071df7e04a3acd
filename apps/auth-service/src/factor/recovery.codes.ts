/** Recovery codes: what is left to a person whose phone is gone, each good once. */
import { createHash, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { RecoveryCodeStore } from './recovery-code.store.js';

/** How many a person gets at once. */
export const RECOVERY_CODES = 10;

// 80 bits: no hash slows down who would try them all.
const CODE_BYTES = 10;
const GROUP = /.{4}/g;
const CODE = /^[a-z2-7]{16}$/;
const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';

@Injectable()
export class RecoveryCodes {
  constructor(private readonly store: RecoveryCodeStore) {}

  /**
   * New codes in place of all that there were; they are shown once, and only their hashes are kept.
   * @throws TemporarilyUnavailableError where they cannot be recorded
   */
  async replace(accountId: string): Promise<readonly string[]> {
    const codes = Array.from({ length: RECOVERY_CODES }, createCode);
    await this.store.replace(accountId, codes.map(digest));
    return codes.map((code) => (code.match(GROUP) ?? []).join('-'));
  }

  /**
   * Uses a code up.
   * @param typed case, spaces and hyphens are people's
   * @throws TemporarilyUnavailableError where it cannot be decided
   */
  async claim(accountId: string, typed: string): Promise<boolean> {
    const code = typed.toLowerCase().replaceAll(/[\s-]/g, '');
    return CODE.test(code) && this.store.claim(accountId, digest(code));
  }

  /** How many are left. */
  count(accountId: string): Promise<number> {
    return this.store.count(accountId);
  }
}

// 16 letters of 5 bits each, none of which is easily taken for another.
function createCode(): string {
  const bits = [...randomBytes(CODE_BYTES)].map((byte) => byte.toString(2).padStart(8, '0'));
  const groups = bits.join('').match(/.{5}/g) ?? [];
  return groups.map((group) => BASE32[parseInt(group, 2)]).join('');
}

function digest(code: string): Buffer {
  return createHash('sha256').update(code).digest();
}
