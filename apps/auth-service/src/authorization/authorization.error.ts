/** Why an authorization request is refused, where no other endpoint has that error. */
import { type AuthorizationErrorCode, OAuthError } from '@keyward/oauth';

/**
 * An error of the authorization endpoint. A pushed request is refused with the same codes.
 * @see RFC 6749 section 4.1.2.1, RFC 9126 section 2.3
 */
export class AuthorizationError extends OAuthError {
  constructor(
    readonly code: AuthorizationErrorCode,
    description: string,
    reason?: string,
  ) {
    super(description, reason);
  }
}
