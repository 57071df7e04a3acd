/** Port: where a revocation feed comes from. */
import { type FeedHeartbeat, type FeedStart, type RevocationEvent } from '@keyward/oauth';

/** One message of a feed, in the order in which they come. */
export type FeedMessage =
  | { readonly type: 'start'; readonly data: FeedStart }
  | { readonly type: 'revocation'; readonly data: RevocationEvent }
  | { readonly type: 'heartbeat'; readonly data: FeedHeartbeat };

/** A connection to a feed that can be made again and again. */
export abstract class RevocationSource {
  /**
   * Connects, and yields messages for as long as the connection lasts. The first is a `start`; the
   * first `heartbeat` says that everything in force has been sent.
   *
   * @param after the position to go on from; undefined for everything that is in force
   * @param signal ends the connection
   * @throws Error where it cannot be made, breaks, or falls silent
   */
  abstract open(after: number | undefined, signal: AbortSignal): AsyncIterable<FeedMessage>;
}
