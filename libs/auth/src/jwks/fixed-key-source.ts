/** Keys given by configuration: a JWK Set or a shared secret that changes only by a restart. */
import { type VerificationKey } from '../jws/verification-key.js';
import { KeySource, type KeySourceState } from './key-source.js';
import { keysByKid } from './jwk-set.js';

/**
 * Keys that never change. A token may leave its `kid` out where there is exactly one key; where
 * that key has no `kid` either, as a secret has none, the token's says nothing and is ignored.
 */
export class FixedKeySource extends KeySource {
  readonly #keys: Map<string, VerificationKey>;
  #only: VerificationKey | undefined;

  constructor(keys: readonly VerificationKey[]) {
    super();
    this.#keys = new Map(keysByKid(keys));
    this.#only = keys.length === 1 ? keys[0] : undefined;
  }

  current(kid: string | undefined): VerificationKey | undefined {
    if (this.#only !== undefined && (kid === undefined || this.#only.kid === undefined)) {
      return this.#only;
    }
    return kid === undefined ? undefined : this.#keys.get(kid);
  }

  resolve(kid: string | undefined): Promise<VerificationKey | undefined> {
    return Promise.resolve(this.current(kid));
  }

  revoke(kid: string): void {
    this.#keys.delete(kid);
    if (this.#only?.kid === kid) this.#only = undefined;
  }

  state(): KeySourceState {
    return { status: 'fresh', keys: Math.max(this.#keys.size, this.#only ? 1 : 0) };
  }
}
