/** Nobody registers here. */
import { OAuthError } from '@keyward/oauth';

/** Answered as where there is no such endpoint (RFC 9110 section 15.5.5). */
export class RegistrationOffError extends OAuthError {
  readonly code = 'invalid_request';
  override readonly status = 404;

  constructor() {
    super('there is no such endpoint', 'AUTH_DYNAMIC_REGISTRATION is off');
  }
}
