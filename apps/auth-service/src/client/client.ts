/** A registered client: who it is, how it proves it, and what it may ask for. */
import { type ClientAuthenticationMethod } from '@keyward/oauth';

/** A client as the domain sees it (RFC 6749 section 2). */
export interface Client {
  readonly clientId: string;
  readonly name: string;
  /** The one way in which this client may authenticate. */
  readonly authenticationMethod: ClientAuthenticationMethod;
  /** SHA-256 of the secret. Enough because a secret is 256 random bits, not a password. */
  readonly secretSha256: Buffer;
  readonly grantTypes: readonly string[];
  readonly scopes: readonly string[];
  /** The resource that this client is, where it is a resource server. */
  readonly ownResource: string | null;
  /** Since when the client may do nothing at all. */
  readonly disabledAt: Date | null;
}
