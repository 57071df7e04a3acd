/** What can be revoked, and for how long that has to be remembered. */
import { type RevocationKind } from '@keyward/oauth';
import { MAX_ACCESS_TOKEN_SECONDS } from '../config/environment.schema.js';

/** One revocation. Sessions and subjects are revoked as the grants that came of them. */
export interface Revocation {
  readonly kind: RevocationKind;
  /** `jti`, `grant_id`, `client_id` or `kid`, as a token carries it. */
  readonly value: string;
  /** For a client alone: tokens with an `iat` up to this are revoked, seconds since the epoch. */
  readonly iatBefore: number | null;
  /** The resources that it concerns; null for every one. */
  readonly audiences: readonly string[] | null;
  /** From when on every token that it could concern has expired. */
  readonly expiresAt: Date;
}

/** A revocation that has its place in the order that every follower sees. */
export interface PositionedRevocation extends Revocation {
  /**
   * Counted from 1, and visible in this order alone: whoever looks when n is there finds everything
   * before it. A hole is a revocation that expired, or that a later one of its client replaced.
   */
  readonly position: number;
}

/** What a token says of itself, as far as a revocation can name it. */
export interface TokenIdentity {
  readonly jti: string;
  readonly clientId: string;
  /** `iat`, seconds since the epoch. */
  readonly issuedAt: number;
  /** Null for a token without a sign-in. */
  readonly grantId: string | null;
  /** Of the header; null for a refresh token, which no published key signs. */
  readonly kid: string | null;
}

/** How much longer than its token an entry is kept: the most that a resource server may tolerate. */
export const REVOCATION_MARGIN_SECONDS = 300;

// The longest that a resource server may go on using a key it once fetched: fresh, then stale.
const LONGEST_KEY_USE_SECONDS = 2 * 86_400;

/** @param exp of the token, seconds since the epoch */
export function tokenRevocationExpiry(exp: number): Date {
  return new Date((exp + REVOCATION_MARGIN_SECONDS) * 1000);
}

/**
 * When the last access token has expired that can exist by now. What the configuration may allow
 * counts, not what it says today: it may have said more when the token was issued.
 */
export function grantRevocationExpiry(): Date {
  return afterSeconds(MAX_ACCESS_TOKEN_SECONDS + REVOCATION_MARGIN_SECONDS);
}

/** When nobody holds the key any longer and the last token that it could sign has expired. */
export function keyRevocationExpiry(): Date {
  return afterSeconds(
    LONGEST_KEY_USE_SECONDS + MAX_ACCESS_TOKEN_SECONDS + REVOCATION_MARGIN_SECONDS,
  );
}

function afterSeconds(seconds: number): Date {
  return new Date(Date.now() + seconds * 1000);
}
