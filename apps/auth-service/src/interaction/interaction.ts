/** An authorization request that waits for a person. */
import { type Proof } from '../authentication/proof.js';
import { type PendingLink } from '../upstream/pending.link.js';
import { type AuthorizationRequest } from '../authorization/authorization-request.js';

/** What the person decided so far; JSON as it stands. */
export interface Interaction {
  /** 128 random bits, base64url; in the page's URL, and worth nothing in another browser. */
  readonly interactionId: string;
  /** SHA-256 of the browser cookie that began it, base64url. */
  readonly browserSha256: string;
  readonly request: AuthorizationRequest;
  /** Milliseconds since the epoch; a session authenticated after it satisfies `prompt=login`. */
  readonly createdAtMs: number;
  /** What was proven so far, where that is not enough to sign in. */
  readonly proof: Proof | null;
  /** Someone at a provider whom the account may be linked to; one of the release before has none. */
  readonly link?: PendingLink | null;
  /** The session that the person chose to go on with (`prompt=select_account`). */
  readonly selectedSid: string | null;
  /** The account that answered the consent page, and what it said. */
  readonly consent: { readonly accountId: string; readonly allowed: boolean } | null;
  /** Path of the page of this server that asked, where no client did: nothing is granted then. */
  readonly ownPage?: string;
}
