/** Port: the hot state of token revocation, asked at every introspection. */
import { type TokenRevocation } from './revocation.record.js';

/** `unknown`: the store lost its state, so the absence of an entry proves nothing. */
export type RevokedTokenState = 'revoked' | 'live' | 'unknown';

/** Holds the revoked tokens until they expire, and knows when it has forgotten any. */
export abstract class RevokedTokenStore {
  /**
   * Adds one token until `expiresAt`. Atomic and idempotent.
   * @throws TemporarilyUnavailableError where the store cannot be reached
   */
  abstract revoke(revocation: TokenRevocation): Promise<void>;

  /**
   * The state of one token, in one atomic look at the entry and at the store's own completeness. A
   * store that was never restored, or was emptied or replaced since, answers `unknown`.
   *
   * @throws TemporarilyUnavailableError where the store cannot be reached
   */
  abstract find(jti: string): Promise<RevokedTokenState>;

  /**
   * Adds all of these, then calls itself complete, unless it lost state in between. Any number of
   * processes may restore at once.
   *
   * @param pages every revocation that the record holds
   * @throws TemporarilyUnavailableError where the store cannot be reached
   */
  abstract restore(pages: AsyncIterable<readonly TokenRevocation[]>): Promise<void>;
}
