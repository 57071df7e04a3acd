/** A request to sign out, read and checked against the client that makes it. */
import { type Client } from '../client/client.js';
import { type IdTokenHint } from '../issuance/id-token.verifier.js';

/** @see RP-Initiated Logout 1.0 section 2 */
export interface LogoutRequest {
  /** Who asks, as far as that is known. It is not authenticated: this is a request by URL. */
  readonly client: Client | null;
  /** What a genuine `id_token_hint` says. */
  readonly hint: IdTokenHint | null;
  /** Registered by {@link client}; null for the page of this server. */
  readonly redirectUri: string | null;
  readonly state: string | null;
}
