/** Someone whom a provider vouched for, and an account that may be theirs, before its owner says so. */
import { type UpstreamSubject } from './upstream-identity.store.js';

/** Kept with the interaction. */
export interface PendingLink extends UpstreamSubject {
  readonly upstreamId: string;
  readonly upstreamName: string;
  /** The account that owns the address; nobody else can be linked by this. */
  readonly accountId: string;
  readonly email: string;
  readonly label: string | null;
  /** Whether the person said on the page that the two are to be linked; a sign-in alone says nothing. */
  readonly isWanted: boolean;
  /** Milliseconds since the epoch. */
  readonly provenAtMs: number;
}

/** How long a person may take for it. */
export const LINK_SECONDS = 600;

/** The link that an interaction is about, where there is one. */
export function currentLink(
  { link }: { readonly link?: PendingLink | null },
  nowMs: number,
): PendingLink | null {
  if (link === undefined || link === null) return null;
  return nowMs - link.provenAtMs < LINK_SECONDS * 1000 ? link : null;
}
