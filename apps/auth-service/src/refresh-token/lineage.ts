/** One lineage of refresh tokens: everything that a refresh needs to know of its grant. */
import { hash } from 'node:crypto';

/** What never changes. */
export interface LineageOrigin {
  readonly grantId: string;
  readonly accountId: string;
  readonly sid: string;
  /** See {@link digestClientId}. */
  readonly clientDigest: Buffer;
  /** Of the sign-in, seconds since the epoch. */
  readonly authenticatedAtSeconds: number;
  /** Names scope, resources, acr and amr: see GrantTerms. */
  readonly termsId: number;
  /** SHA-256 thumbprint of the key that the tokens are bound to (RFC 9449 section 5). */
  readonly keyBinding: Buffer | null;
  /** Never moves. Milliseconds since the epoch, as all of these, on the clock of the store. */
  readonly absoluteExpiresMs: number;
}

/** What rotation changes. */
export interface RotationState {
  /** The generation that was issued last. */
  readonly current: number;
  /** The one from which it came; 0 before the first rotation. */
  readonly parent: number;
  /** The oldest one that is answered with `current` within the retry window. */
  readonly floor: number;
  /** When it last moved on; 0 before the first rotation. */
  readonly lastMs: number;
  readonly idleExpiresMs: number;
}

/** A lineage as the record and the hot store know it. */
export interface Lineage extends LineageOrigin, RotationState {}

/** `reused`: revoked by a reuse that the record may not hold yet. */
export type Standing = 'live' | 'revoked' | 'reused';

/** A lineage in the hot store. */
export interface HotLineage extends Lineage {
  readonly standing: Standing;
}

/** The generation of a grant's first refresh token. */
export const FIRST_GENERATION = 1;

/** Before the first rotation: nothing was rotated out. */
export const FIRST_STATE = {
  current: FIRST_GENERATION,
  parent: 0,
  floor: FIRST_GENERATION,
  lastMs: 0,
} as const;

const CLIENT_DIGEST_BYTES = 16;

/** What a lineage remembers of its client: of one length, whatever its id is. */
export function digestClientId(clientId: string): Buffer {
  return hash('sha256', clientId, 'buffer').subarray(0, CLIENT_DIGEST_BYTES);
}

/** Whether `one` is the later state of the same lineage; a bound one moves by its idle expiry alone. */
export function isLater(one: RotationState, other: RotationState): boolean {
  if (one.current !== other.current) return one.current > other.current;
  return one.idleExpiresMs > other.idleExpiresMs;
}
