/** The secrets K that make and recognise refresh tokens, by version. */
import { createHmac } from 'node:crypto';

/** Bytes of each K. */
export const REFRESH_TOKEN_KEY_BYTES = 32;

/** Highest version: a token names it in one byte. */
export const MAX_KEY_VERSION = 255;

const CHECK_CONTEXT = 'keyward/refresh-check/1';

/** At least one K. The newest one signs, every one recognises what it has signed. */
export class RefreshTokenKeys {
  readonly newestVersion: number;

  /** @throws RangeError where there is no key */
  constructor(private readonly keys: ReadonlyMap<number, Buffer>) {
    if (keys.size === 0) throw new RangeError('there is no key for refresh tokens');
    this.newestVersion = Math.max(...keys.keys());
  }

  get versions(): readonly number[] {
    return [...this.keys.keys()];
  }

  /** @returns undefined for a version that this process was not given */
  find(version: number): Buffer | undefined {
    return this.keys.get(version);
  }

  /** What may be stored to tell this K from another one; nobody gets from it to K. */
  checkValue(version: number): Buffer {
    const key = this.keys.get(version);
    if (key === undefined) throw new RangeError(`there is no key of version ${version}`);
    return createHmac('sha256', key).update(CHECK_CONTEXT).digest();
  }
}

/**
 * Reads `1:<base64url>,2:<base64url>`.
 * @returns null where it has another form, a version twice, or a key that is not 32 bytes long
 */
export function parseRefreshTokenKeys(value: string): ReadonlyMap<number, Buffer> | null {
  const keys = new Map<number, Buffer>();
  for (const entry of value.split(',')) {
    const [, digits, text] = /^([1-9]\d{0,2}):([\w-]+)$/.exec(entry.trim()) ?? [];
    if (digits === undefined || text === undefined) return null;
    const [version, key] = [Number(digits), Buffer.from(text, 'base64url')];
    if (version > MAX_KEY_VERSION || keys.has(version)) return null;
    if (key.length !== REFRESH_TOKEN_KEY_BYTES) return null;
    keys.set(version, key);
  }
  return keys;
}
