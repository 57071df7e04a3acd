/** Makes the secrets of clients. */
import { randomBytes } from 'node:crypto';

const SECRET_BYTES = 32;

/** 256 random bits; secret scanners know it by its prefix. */
export function newSecret(): string {
  return `kws_${randomBytes(SECRET_BYTES).toString('base64url')}`;
}
