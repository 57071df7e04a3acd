/** What a team says of an issuer's revocations. */
import { type RevocationFeed } from './revocation.feed.js';
import { type TokenStatus } from './token.status.js';

/**
 * What happens while the feed is older than it may be: go on without it (`accept`), ask the issuer
 * about each token (`introspect`), or answer 503 (`reject`).
 */
export type StalePolicy = 'accept' | 'introspect' | 'reject';

/** How one trust uses the revocations of its issuer. */
export interface RevocationOptions {
  /** The issuer's feed. AuthModule starts it with the application and stops it. */
  readonly feed: RevocationFeed;
  /** How old the issuer's last word may be, in seconds. Default 60. */
  readonly maxStalenessSeconds?: number;
  /** Default `accept`: an outage of the issuer stops nobody, and the health check says so. */
  readonly whenStale?: StalePolicy;
  /** Asked by the policy `introspect`, which needs it. Default: the trust's own `introspection`. */
  readonly introspection?: TokenStatus;
}
