/** What DPoP nonces are made by: a secret that every replica has already. */
import { hkdfSync } from 'node:crypto';
import { type DpopNonceOptions } from '@keyward/auth';
import { type RefreshTokenKeys } from '../refresh-token/refresh-token.keys.js';

const NONCE_KEY_CONTEXT = 'keyward/dpop-nonce-key/1';
const NONCE_KEY_BYTES = 32;

/**
 * The newest makes them, each recognises its own: so replicas agree also while a new one is being
 * handed out.
 */
export function nonceOptions(keys: RefreshTokenKeys): DpopNonceOptions {
  const newestFirst = [...keys.versions].sort((a, b) => b - a);
  return {
    keys: newestFirst.map((version) => {
      const secret = keys.find(version) as Buffer;
      return Buffer.from(hkdfSync('sha256', secret, '', NONCE_KEY_CONTEXT, NONCE_KEY_BYTES));
    }),
  };
}
