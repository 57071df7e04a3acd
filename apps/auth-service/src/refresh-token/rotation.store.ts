/** Port: the hot state of refresh rotation. Every decision is made in it, at one moment. */
import { type Lineage } from './lineage.js';
import { type Presentation, type RotationDecision } from './rotation.decision.js';

/** Holds one record a lineage, on the store's own clock. */
export abstract class RotationStore {
  /**
   * Decides on a presented token and writes what follows from it. Atomic: of any number of parallel
   * calls each sees what the one before it has written.
   *
   * @returns null where the store has no record that its own process wrote: then nothing was decided
   * @throws TemporarilyUnavailableError where the store does not answer; it may have decided all the
   *   same, and the caller may present the token again
   */
  abstract present(handle: Buffer, presented: Presentation): Promise<RotationDecision | null>;

  /**
   * Merges what the record says into the store, and decides then. The merge keeps the later state,
   * never lowers `current`, and never makes a revoked lineage live. Atomic. To be called only while
   * the grant is held in the record, so that it cannot be revoked in between.
   */
  abstract restore(
    handle: Buffer,
    recorded: Lineage,
    presented: Presentation,
  ): Promise<RotationDecision>;

  /** Puts a lineage that was just recorded; merges as {@link restore} does. */
  abstract put(handle: Buffer, recorded: Lineage): Promise<void>;

  /** What the store holds of a lineage, by whichever process; nothing is decided. */
  abstract find(handle: Buffer): Promise<Lineage | null>;

  /**
   * Ends a lineage, whether the store has a record of it or not: what is on its way to restore it must
   * not bring it back to life. Idempotent.
   *
   * @param absoluteExpiresMs until when that has to be remembered
   * @throws TemporarilyUnavailableError where the store cannot be reached
   */
  abstract revoke(handle: Buffer, absoluteExpiresMs: number): Promise<void>;
}
