/** Why an authorization request is refused, where no other endpoint has that error. */
import { type AuthorizationErrorCode, OAuthError } from '@keyward/oauth';
import { PageError } from '../http/page.error.js';

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

/** A response to this request was made before, or nobody answered in time: told to the person alone. */
export class AlreadyAnsweredError extends PageError {
  /** @param reason for the operator */
  constructor(reason: string) {
    super(
      400,
      'invalid_request_uri',
      'This request was answered already or is too old. Start again at the application that you came from.',
      reason,
    );
  }
}
