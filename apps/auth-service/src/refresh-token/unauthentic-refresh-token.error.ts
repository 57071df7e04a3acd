/** The answer to a text that no key of this server has tagged. */
import { InvalidGrantError } from '@keyward/oauth';

/** Told to the operator by UnauthenticTokenLog. */
export class UnauthenticRefreshTokenError extends InvalidGrantError {
  // A line each would let anyone fill the log.
  override readonly isReported = true;
}
