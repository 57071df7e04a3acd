/** Why a call to another service could not be made. None of these holds a secret or a token. */

/**
 * The authorization server answered that it gives no token. Asking again for the same changes nothing.
 * @see RFC 6749 section 5.2
 */
export class TokenRequestError extends Error {
  override readonly name = 'TokenRequestError';

  /** @param code the RFC's error code, such as `invalid_scope`; never a text of the server's */
  constructor(
    readonly code: string,
    readonly status: number,
  ) {
    super(`the token endpoint refused with ${status}: ${code}`);
  }
}

/** Nothing can be said: the authorization server is out of reach, or answers what is no answer. */
export class TokenUnavailableError extends Error {
  override readonly name = 'TokenUnavailableError';

  /** @param retryAfterSeconds after which asking again makes sense */
  constructor(
    detail: string,
    readonly retryAfterSeconds: number,
  ) {
    super(`no token can be had: ${detail}`);
  }
}

/** The service that was called gave no answer. Whether it did what it was asked for is not known. */
export class TargetUnavailableError extends Error {
  override readonly name = 'TargetUnavailableError';
}

/** The service that was called wants to send the request elsewhere: a token goes nowhere else. */
export class RedirectRefusedError extends Error {
  override readonly name = 'RedirectRefusedError';
}
