/** The DPoP proofs that came before, in this process: for a service of one replica. */
import { ReplaysUnavailableError } from './dpop-proof.refusal.js';
import { ProofReplayStore } from './proof-replay.store.js';

/** Proofs that are remembered, at most, unless told otherwise: about 20 MB. */
export const MAX_REMEMBERED_PROOFS = 100_000;

/**
 * Bounded: once it is full of proofs that could still be used again nothing more is taken, and the
 * answer is 503. To forget one of them would let it be used twice.
 */
export class MemoryProofReplayStore extends ProofReplayStore {
  /** Until when each is remembered, in the order in which they came. */
  readonly #expiresAtMs = new Map<string, number>();

  /** @param clock milliseconds since the epoch */
  constructor(
    private readonly maxProofs = MAX_REMEMBERED_PROOFS,
    private readonly clock: () => number = Date.now,
  ) {
    super();
    if (!Number.isInteger(maxProofs) || maxProofs < 1) {
      throw new TypeError('maxProofs is not a number of proofs');
    }
  }

  /** Proofs remembered at this moment. */
  get size(): number {
    return this.#expiresAtMs.size;
  }

  async claim(key: string, lifetimeSeconds: number): Promise<boolean> {
    const nowMs = this.clock();
    this.#forgetExpired(nowMs);
    const known = this.#expiresAtMs.get(key);
    if (known !== undefined && known > nowMs) return false;
    if (known === undefined && this.#expiresAtMs.size >= this.maxProofs) {
      throw new ReplaysUnavailableError(
        `more than ${this.maxProofs} DPoP proofs in their time: a service of this load needs Redis`,
      );
    }
    // Set anew, so that it stands behind everything that expires before it.
    this.#expiresAtMs.delete(key);
    this.#expiresAtMs.set(key, nowMs + lifetimeSeconds * 1000);
    return true;
  }

  /** Lifetimes differ by seconds only, so what came first goes first; a late one waits for its turn. */
  #forgetExpired(nowMs: number): void {
    for (const [key, expiresAtMs] of this.#expiresAtMs) {
      if (expiresAtMs > nowMs) return;
      this.#expiresAtMs.delete(key);
    }
  }
}
