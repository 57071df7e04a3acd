/** A change that does not go with what an account is now. */
import { OAuthError } from '@keyward/oauth';

/** Answered 409 (RFC 9110 section 15.5.10). */
export class AccountConflictError extends OAuthError {
  readonly code = 'invalid_request';
  override readonly status = 409;
}
