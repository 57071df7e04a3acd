/** What the revocation feed says: which tokens are worthless before they expire. */

/** Scope of a token for the feed; its audience is the issuer itself. */
export const REVOCATIONS_READ_SCOPE = 'revocations:read';

/** Path of the feed below the issuer. */
export const REVOCATIONS_PATH = '/oauth2/revocations';

/** Every {@link RevocationKind}. */
export const REVOCATION_KINDS = ['jti', 'grant', 'client', 'kid'] as const;

/** One token, one grant, a client's older tokens, or all that a signing key signed. */
export type RevocationKind = (typeof REVOCATION_KINDS)[number];

/**
 * Where a message stands in the order of the feed. Each names its predecessor, so that a follower
 * notices a gap although it is sent only what concerns it.
 */
export interface FeedPlace {
  /** The position up to which whoever has read this knows everything. */
  readonly position: number;
  /** The position of the message before; of the first message that of the {@link FeedStart}. */
  readonly previous: number;
}

/** `event: start`, the first message: what the feed goes on from. */
export interface FeedStart {
  /** As `Last-Event-ID` said; 0 where everything that is in force is sent again. */
  readonly position: number;
}

/** `event: revocation`. Times are seconds since the epoch. */
export interface RevocationEvent extends FeedPlace {
  readonly kind: RevocationKind;
  /** `jti`, `grant_id`, `client_id` or `kid`, as a token carries it. */
  readonly value: string;
  /** For a client alone: only tokens with an `iat` up to this are revoked. */
  readonly iat_before?: number;
  /** From when on no token that it concerns can be valid. */
  readonly exp: number;
}

/** `event: heartbeat`: nothing more up to here. The first one ends the replay. */
export type FeedHeartbeat = FeedPlace;
