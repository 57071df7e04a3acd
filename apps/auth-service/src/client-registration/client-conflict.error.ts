/** A change that does not go with what a client is now. */
import { OAuthError } from '@keyward/oauth';

/** Answered 409 (RFC 9110 section 15.5.10). */
export class ClientConflictError extends OAuthError {
  readonly code = 'invalid_request';
  override readonly status = 409;
}
