/** A key and the algorithms that it may be used with: the two are never told apart by the token. */
import { type KeyObject } from 'node:crypto';
import { type SignatureAlgorithm } from '@keyward/oauth';
import { createSignatureCheck, type SignatureCheck } from './signature-check.js';

/** One key of one issuer, with everything prepared that checking a signature needs. */
export class VerificationKey {
  readonly #checks: ReadonlyMap<string, SignatureCheck>;

  /**
   * @param kid the key's id, undefined where its issuer gave it none
   * @param algorithms what the key may be used with, all fitting its type and curve
   * @param fingerprint says whether two keys are the same: kid, material and algorithms
   */
  constructor(
    readonly kid: string | undefined,
    key: KeyObject,
    readonly algorithms: readonly SignatureAlgorithm[],
    readonly fingerprint: string,
  ) {
    this.#checks = new Map(
      algorithms.map((algorithm) => [algorithm, createSignatureCheck(algorithm, key)]),
    );
  }

  /** Whether the key may be used with `algorithm`. */
  allows(algorithm: string): boolean {
    return this.#checks.has(algorithm);
  }

  /**
   * Whether `signature` is this key's over `data`. False for an algorithm that the key is not for,
   * and for a signature of any length but the algorithm's. Never throws.
   */
  verify(algorithm: string, data: Buffer, signature: Buffer): boolean {
    return this.#checks.get(algorithm)?.now(data, signature) ?? false;
  }

  /** The same, on a thread of libuv's pool. Never rejects. */
  async verifyOffThread(algorithm: string, data: Buffer, signature: Buffer): Promise<boolean> {
    return this.#checks.get(algorithm)?.offThread(data, signature) ?? false;
  }
}
