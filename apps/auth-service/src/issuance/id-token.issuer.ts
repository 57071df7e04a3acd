/** Signs ID tokens (OpenID Connect Core 1.0 section 2). */
import { type Grant } from '../grant/grant.js';

/** What an ID token is to say beside the grant. */
export interface IdTokenContent {
  readonly grant: Grant;
  /** Of the authorization request; null at a refresh. */
  readonly nonce: string | null;
  /** The access token that goes with it, for `at_hash`. */
  readonly accessToken: string | null;
}

export abstract class IdTokenIssuer {
  /** @throws TemporarilyUnavailableError where no key may sign now */
  abstract issue(content: IdTokenContent): Promise<string>;
}
