/** Keys of proofs that were good, so that the next proof by one need not import it again. */
import { hash } from 'node:crypto';
import { type ProofKey } from './dpop-proof.key.js';

/** Keys that are remembered, at most: about 2 MB. */
const MAXIMUM_KEYS = 1000;

/**
 * A client signs all of its proofs by one key, with the very same header. Importing a key depends on
 * nothing but the header, so remembering it changes no answer; what was used least recently goes.
 */
export class ProofKeyCache {
  readonly #keys = new Map<string, ProofKey>();

  constructor(private readonly maxKeys = MAXIMUM_KEYS) {}

  /** Keys remembered at this moment. */
  get size(): number {
    return this.#keys.size;
  }

  /**
   * What a proof's header is known by: its first segment, which a slice would keep the whole proof
   * in memory for.
   */
  nameOf(proof: string): string {
    return hash('sha256', proof.slice(0, proof.indexOf('.')), 'base64url');
  }

  get(name: string): ProofKey | undefined {
    const key = this.#keys.get(name);
    if (key === undefined) return undefined;
    this.#keys.delete(name);
    this.#keys.set(name, key);
    return key;
  }

  set(name: string, key: ProofKey): void {
    this.#keys.delete(name);
    const [oldest] = this.#keys.keys();
    if (this.#keys.size >= this.maxKeys && oldest !== undefined) this.#keys.delete(oldest);
    this.#keys.set(name, key);
  }
}
