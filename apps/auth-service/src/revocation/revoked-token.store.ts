/** Port: the hot state of revocation, asked at every introspection. */
import { type Revocation, type TokenIdentity } from './revocation.js';

/** `unknown`: the store lost its state, so the absence of an entry proves nothing. */
export type RevokedTokenState = 'revoked' | 'live' | 'unknown';

/** Holds what is revoked until it expires, and knows when it has forgotten any. */
export abstract class RevokedTokenStore {
  /**
   * Adds these, each until its `expiresAt`. Idempotent, each one atomic; of two times for one
   * client the later stays.
   *
   * @throws TemporarilyUnavailableError where the store cannot be reached; some may be added then
   */
  abstract revoke(revocations: readonly Revocation[]): Promise<void>;

  /**
   * The state of one token by its jti, grant, client and key, in one atomic look at all of these
   * and at the store's own completeness. A store that was never restored, or was emptied or
   * replaced since, answers `unknown`.
   *
   * @throws TemporarilyUnavailableError where the store cannot be reached
   */
  abstract find(token: TokenIdentity): Promise<RevokedTokenState>;

  /**
   * Adds all of these, then calls itself complete, unless it lost state in between. Any number of
   * processes may restore at once.
   *
   * @param pages every revocation that the record holds
   * @throws TemporarilyUnavailableError where the store cannot be reached
   */
  abstract restore(pages: AsyncIterable<readonly Revocation[]>): Promise<void>;
}
