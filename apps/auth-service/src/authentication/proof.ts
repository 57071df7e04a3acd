/** What a person proved in an interaction, before all that is needed is proven. */

import { type SignInBasis } from '../session/session.record.js';

/** Half a sign-in. It is no session: it opens nothing but the page for what is missing. */
export interface Proof {
  readonly accountId: string;
  /** RFC 8176 values. */
  readonly amr: readonly string[];
  /** Those of them that were proven in this interaction, and not by a session that was there. */
  readonly provenHere?: readonly string[];
  /** Milliseconds since the epoch; of the first of them. */
  readonly provenAtMs: number;
  /** Without which it is worth nothing. */
  readonly basis: SignInBasis;
}

/** How long a proof waits for the next one. */
export const PROOF_SECONDS = 600;

/** Whether a proof still counts. */
export function isCurrent(proof: Proof | null, nowMs: number): proof is Proof {
  return proof !== null && nowMs - proof.provenAtMs < PROOF_SECONDS * 1000;
}
