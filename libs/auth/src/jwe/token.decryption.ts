/** Opens the tokens that are encrypted to this resource server, and says whose they may be. */
import { createDecipheriv } from 'node:crypto';
import { KEY_MANAGEMENT_ALGORITHMS } from '@keyward/oauth';
import { RefusedTokenError, shown } from '../access-token/refusal.js';
import { type JsonObject } from '../jws/strict-json.js';
import { type CompactJwe, isCompactJwe, parseCompactJwe } from './compact-jwe.js';
import { type DecryptionKey, importDecryptionKey } from './decryption-key.js';
import { type DecryptionOptions } from './decryption.options.js';

/** What was in an encrypted token. */
export interface OpenedToken {
  /** As it was signed, and not checked in any way yet. */
  readonly jws: string;
  /** The issuers that this key was given to; no other's token is looked for inside. */
  readonly issuers: ReadonlySet<string>;
}

/** A trust, as far as encryption is concerned. */
interface Recipient {
  readonly issuer: string;
  readonly decryption: TrustDecryption | undefined;
}

interface HeldKey {
  readonly key: DecryptionKey;
  readonly issuers: Set<string>;
}

/** What one trust says of encryption, compiled. */
export class TrustDecryption {
  readonly required: boolean;
  readonly keys: readonly DecryptionKey[];

  /** @throws TypeError for keys that cannot be used, or that no algorithm of the list is for */
  constructor({ keys, algorithms = ['ECDH-ES'], required = true }: DecryptionOptions) {
    this.required = required;
    if (keys.length === 0) throw new TypeError('decryption needs at least one key');
    for (const alg of algorithms) {
      if (!KEY_MANAGEMENT_ALGORITHMS.includes(alg)) {
        throw new TypeError(
          `decryption: ${alg} is none of ${KEY_MANAGEMENT_ALGORITHMS.join(', ')}`,
        );
      }
    }
    this.keys = keys.map((jwk) => importDecryptionKey(jwk as JsonObject));
    for (const { kid, alg } of this.keys) {
      if (!algorithms.includes(alg)) {
        throw new TypeError(`the decryption key ${kid} is for ${alg}, which is not on the list`);
      }
    }
  }
}

/** The decryption keys of all trusts of a verifier, by their ids. */
export class TokenDecryption {
  readonly #keys = new Map<string, HeldKey>();

  /** @throws TypeError where two different keys have one kid */
  constructor(trusts: Iterable<Recipient>) {
    for (const { issuer, decryption } of trusts) {
      for (const key of decryption?.keys ?? []) {
        const held = this.#keys.get(key.kid) ?? { key, issuers: new Set() };
        if (!held.key.privateKey.equals(key.privateKey)) {
          throw new TypeError(`two different decryption keys have the kid ${key.kid}`);
        }
        this.#keys.set(key.kid, { key: held.key, issuers: new Set([...held.issuers, issuer]) });
      }
    }
  }

  /**
   * @returns undefined for a text that is no JWE, and for every one where no trust asks for encryption:
   *   then the parser of signed tokens refuses it, before any of it is decoded
   * @throws RefusedTokenError naming the rule
   */
  open(token: string): OpenedToken | undefined {
    if (this.#keys.size === 0 || !isCompactJwe(token)) return undefined;
    const jwe = parseCompactJwe(token);
    const held = this.#keys.get(jwe.kid);
    if (held === undefined) {
      throw new RefusedTokenError('key', 'decryption_key_unknown', shown(jwe.kid));
    }
    if (held.key.alg !== jwe.alg) {
      throw new RefusedTokenError('key', 'key_algorithm', `${jwe.alg} with ${shown(jwe.kid)}`);
    }
    return { jws: decrypt(jwe, held.key.contentKeyOf(jwe)), issuers: held.issuers };
  }
}

/** @see RFC 7516 section 5.2 steps 14 to 16 */
function decrypt({ additionalData, iv, ciphertext, tag }: CompactJwe, contentKey: Buffer): string {
  const decipher = createDecipheriv('aes-256-gcm', contentKey, iv, { authTagLength: tag.length });
  decipher.setAAD(additionalData).setAuthTag(tag);
  try {
    // One byte a character: what is no ASCII is no JWS either, and its parser says so.
    return Buffer.concat([decipher.update(ciphertext), decipher.final()]).toString('latin1');
  } catch {
    throw new RefusedTokenError('key', 'decryption_failed');
  }
}
