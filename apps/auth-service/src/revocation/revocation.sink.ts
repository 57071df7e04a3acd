/** Port: whatever must learn of each revocation once it is recorded. */
import { type PositionedRevocation, type Revocation } from './revocation.js';

/** Registered with the relay by `RevocationRelay.addSink`, before the application has started. */
export abstract class RevocationSink {
  /**
   * Takes revocations, in the order of their positions. It has to bear repetition, of old ones too:
   * several processes relay, and one that failed half way begins again.
   *
   * @throws Error where not all of them could be taken; then they come again
   */
  abstract take(revocations: readonly PositionedRevocation[]): Promise<void>;

  /**
   * Is told in advance of what the record holds and cannot tell now: in this process it counts at once,
   * until it is taken. For a sink that decides; one that only tells others has no use for it.
   */
  know?(revocations: readonly Revocation[]): void;
}
