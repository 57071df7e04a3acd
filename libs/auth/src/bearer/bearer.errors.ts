/** The answers to a request that may not pass, as Nest exceptions (RFC 6750 section 3.1). */
import { HttpException } from '@nestjs/common';
import { formatChallenge, type BearerChallenge, type DpopChallenge } from './bearer-challenge.js';

/**
 * A refused request. The status, the body and the headers are all that the client learns; why it
 * was refused goes to the observer alone.
 */
export class BearerError extends HttpException {
  /** Headers of the answer, by their names. */
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, body: object, headers: Readonly<Record<string, string>>) {
    super(body, status);
    this.name = new.target.name;
    this.headers = { 'Cache-Control': 'no-store', ...headers };
  }
}

/** An answer that carries a challenge. */
class ChallengeError extends BearerError {
  constructor(
    status: number,
    challenge: BearerChallenge,
    headers: Readonly<Record<string, string>> = {},
  ) {
    const { error, errorDescription } = challenge;
    const body =
      error === undefined
        ? { statusCode: status, message: 'Unauthorized' }
        : { error, error_description: errorDescription };
    super(status, body, { 'WWW-Authenticate': formatChallenge(challenge), ...headers });
  }
}

/** 401 without an error code: the request carried no token (RFC 6750 section 3.1, last paragraph). */
export class MissingTokenError extends ChallengeError {
  constructor(resourceMetadata?: string, dpop?: DpopChallenge) {
    super(401, { resourceMetadata, dpop });
  }
}

/** 400: more than one token, or one that is not written as RFC 6750 says. */
export class InvalidRequestError extends ChallengeError {
  constructor(resourceMetadata?: string, dpop?: DpopChallenge) {
    super(400, {
      error: 'invalid_request',
      errorDescription: 'Send one access token, in one Authorization header: Bearer <token>',
      resourceMetadata,
      dpop,
    });
  }
}

/** 401: expired, malformed, forged, or for someone else. The client is not told which. */
export class InvalidTokenError extends ChallengeError {
  /** @param expired may be said: only a token whose signature was right gets this far */
  constructor(expired: boolean, resourceMetadata?: string, dpop?: DpopChallenge) {
    super(401, {
      error: 'invalid_token',
      errorDescription: expired ? 'The access token expired' : 'The access token is not valid',
      resourceMetadata,
      dpop,
    });
  }
}

/**
 * 401: the proof that came with the token is not good, or lacks a nonce of this server.
 * @see RFC 9449 sections 7.1 and 9
 */
export class DpopProofError extends ChallengeError {
  /** @param nonce goes along for the next proof; undefined where none is asked for */
  constructor(
    error: 'invalid_dpop_proof' | 'use_dpop_nonce',
    errorDescription: string,
    algorithms: string,
    nonce?: string,
  ) {
    const headers: Record<string, string> = nonce === undefined ? {} : { 'DPoP-Nonce': nonce };
    super(401, { error, errorDescription, dpop: { scheme: 'DPoP', algorithms } }, headers);
  }
}

/** 403: the token is good, and not good enough. */
export class InsufficientScopeError extends ChallengeError {
  /** @param scope what would be enough; undefined where no scope would */
  constructor(scope: string | undefined, resourceMetadata?: string, dpop?: DpopChallenge) {
    super(403, {
      error: 'insufficient_scope',
      scope,
      errorDescription: 'The access token does not allow this',
      resourceMetadata,
      dpop,
    });
  }
}

/** What a token's authentication lacks, as the challenge says it. */
export interface AuthenticationRequirement {
  readonly acrValues: readonly string[];
  readonly maxAgeSeconds: number | undefined;
  /** What the handler wants besides, so that one request to the authorization server brings both. */
  readonly scope: string | undefined;
}

/** 401: the token is good, and its owner has to sign in again, or more strongly (RFC 9470). */
export class InsufficientUserAuthenticationError extends ChallengeError {
  constructor(
    { acrValues, maxAgeSeconds, scope }: AuthenticationRequirement,
    resourceMetadata?: string,
    dpop?: DpopChallenge,
  ) {
    super(401, {
      error: 'insufficient_user_authentication',
      scope,
      errorDescription: 'Another or a more recent authentication is needed',
      acrValues: acrValues.length === 0 ? undefined : acrValues.join(' '),
      maxAge: maxAgeSeconds,
      resourceMetadata,
      dpop,
    });
  }
}

/** 403 without a challenge: no token would help, the handler is not open to anyone. */
export class HandlerClosedError extends BearerError {
  constructor() {
    super(403, { statusCode: 403, message: 'Forbidden' }, {});
  }
}

/**
 * 403 without a challenge: the token of a cookie may be good, and the request not its owner's. The
 * client is not told what it lacks, which a page of the application knows.
 */
export class RequestForgeryError extends BearerError {
  constructor() {
    super(403, { statusCode: 403, message: 'Forbidden' }, {});
  }
}

/** 503: the issuer is out of reach, so that nothing can be said about the token. */
export class VerificationUnavailableError extends BearerError {
  /** @param retryAfterSeconds sent as Retry-After */
  constructor(retryAfterSeconds: number) {
    super(
      503,
      { statusCode: 503, message: 'Service Unavailable' },
      { 'Retry-After': String(retryAfterSeconds) },
    );
  }
}
