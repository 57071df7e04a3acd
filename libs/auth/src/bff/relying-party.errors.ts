/** How an issuer fails a backend: it says no, or it says nothing. */
import * as client from 'openid-client';

/** A sign-in came back with a no, or with an answer that does not belong to it. */
export class SignInRefusedError extends Error {
  override readonly name = 'SignInRefusedError';

  /** @param code of RFC 6749, or of the check that failed; never anything that the browser sent */
  constructor(readonly code: string) {
    super(`the sign-in was refused: ${code}`);
  }
}

/** The grant behind a session is over: the person has to sign in again. */
export class RefreshRefusedError extends Error {
  override readonly name = 'RefreshRefusedError';
}

/** The issuer cannot be reached, or cannot answer now: nothing is decided. */
export class IssuerUnavailableError extends Error {
  override readonly name = 'IssuerUnavailableError';
}

const CODE = /^[a-z_]{1,64}$/;

/**
 * What an error of openid-client says of the issuer's decision; null where there is none: a network
 * that failed, a time that ran out, a server that could not answer.
 */
export function oauthErrorOf(error: unknown): string | null {
  if (error instanceof SignInRefusedError) return error.code;
  if (error instanceof client.AuthorizationResponseError) return known(error.error);
  if (error instanceof client.WWWAuthenticateChallengeError) return 'invalid_client';
  if (error instanceof client.ResponseBodyError) {
    return error.status >= 500 || error.status === 429 ? null : known(error.error);
  }
  if (!(error instanceof client.ClientError)) return null;
  // Of what openid-client refuses itself, that is about the answer and not about getting one.
  return REFUSALS.has(error.code ?? '') ? 'invalid_response' : null;
}

const REFUSALS: ReadonlySet<string> = new Set([
  'OAUTH_INVALID_RESPONSE',
  'OAUTH_JWT_CLAIM_COMPARISON_FAILED',
  'OAUTH_JWT_TIMESTAMP_CHECK_FAILED',
  'OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED',
  'OAUTH_KEY_SELECTION_FAILED',
]);

function known(code: string): string {
  return CODE.test(code) ? code : 'unknown_error';
}

/** The same error where it says so already, else one with the cause. */
export function unavailableFrom(error: unknown): IssuerUnavailableError {
  if (error instanceof IssuerUnavailableError) return error;
  return new IssuerUnavailableError('the issuer cannot be asked', { cause: error });
}
