/** Makes the `jti` of tokens: 128 random bits each. */
import { randomFillSync } from 'node:crypto';

const ID_BYTES = 16;
const BLOCK_BYTES = 256 * ID_BYTES;

// Randomness of many ids is fetched at once: that costs as much as that of one.
const block = Buffer.alloc(BLOCK_BYTES);
let next = BLOCK_BYTES;

/** A new one, which nobody can foresee. @see RFC 7519 section 4.1.7 */
export function newTokenId(): string {
  if (next === BLOCK_BYTES) {
    randomFillSync(block);
    next = 0;
  }
  const id = block.toString('base64url', next, next + ID_BYTES);
  next += ID_BYTES;
  return id;
}
