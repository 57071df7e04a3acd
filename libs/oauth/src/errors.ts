/** The error codes of OAuth 2 and one exception class for each that an authorization server answers. */

/**
 * Error codes of the token, introspection and revocation endpoints.
 * @see RFC 6749 section 5.2, RFC 7009 section 2.2.1, RFC 7591 section 3.2.2, RFC 8707 section 2,
 *   RFC 8628 section 3.5, RFC 9449 section 12.2
 */
export type EndpointErrorCode =
  | 'invalid_request'
  | 'invalid_client'
  | 'invalid_grant'
  | 'unauthorized_client'
  | 'unsupported_grant_type'
  | 'unsupported_token_type'
  | 'invalid_scope'
  | 'invalid_target'
  | 'invalid_authorization_details'
  | 'invalid_dpop_proof'
  | 'use_dpop_nonce'
  | 'authorization_pending'
  | 'slow_down'
  | 'access_denied'
  | 'expired_token'
  | 'invalid_client_metadata'
  | 'invalid_redirect_uri'
  | 'unapproved_software_statement'
  | 'temporarily_unavailable'
  | 'server_error';

/**
 * Error codes of the authorization endpoint, which the browser carries back to the client.
 * @see RFC 6749 section 4.1.2.1, OpenID Connect Core 1.0 section 3.1.2.6, RFC 9101 section 6,
 *   RFC 9470 section 5
 */
export type AuthorizationErrorCode =
  | 'invalid_request'
  | 'unauthorized_client'
  | 'access_denied'
  | 'unsupported_response_type'
  | 'invalid_scope'
  | 'invalid_target'
  | 'invalid_authorization_details'
  | 'server_error'
  | 'temporarily_unavailable'
  | 'interaction_required'
  | 'login_required'
  | 'account_selection_required'
  | 'consent_required'
  | 'unmet_authentication_requirements'
  | 'invalid_request_uri'
  | 'invalid_request_object'
  | 'request_not_supported'
  | 'request_uri_not_supported'
  | 'registration_not_supported';

/**
 * Error codes of a protected resource.
 * @see RFC 6750 section 3.1, RFC 9449 section 12.2, RFC 9470 section 3
 */
export type BearerErrorCode =
  | 'invalid_request'
  | 'invalid_token'
  | 'insufficient_scope'
  | 'insufficient_user_authentication'
  | 'invalid_dpop_proof'
  | 'use_dpop_nonce';

/** The body of an error answer (RFC 6749 section 5.2; to a pushed request RFC 9126 section 2.3). */
export interface ErrorResponse {
  readonly error: EndpointErrorCode | AuthorizationErrorCode;
  readonly error_description?: string;
}

/**
 * An error whose code and description the client may see. Why it happened in full stays in
 * `reason`, for the operator's log only.
 */
export abstract class OAuthError extends Error {
  /** The RFC's code. */
  abstract readonly code: EndpointErrorCode | AuthorizationErrorCode;
  /** HTTP status of the answer. */
  readonly status: number = 400;
  /** Whether whoever throws it has told the operator already, so that it is not logged once more. */
  readonly isReported: boolean = false;

  /**
   * @param description one sentence for the client's developer: ASCII without `"` and `\`, and
   *   never a value that a secret could be in
   * @param reason what the operator needs to find the cause; defaults to the description
   */
  constructor(
    readonly description: string,
    readonly reason: string = description,
    options?: ErrorOptions,
  ) {
    super(reason, options);
    this.name = new.target.name;
  }

  /** The answer's body (RFC 6749 section 5.2). */
  toResponse(): ErrorResponse {
    return { error: this.code, error_description: this.description };
  }
}

/** A missing, repeated or malformed parameter (RFC 6749 section 5.2). */
export class InvalidRequestError extends OAuthError {
  readonly code = 'invalid_request';
}

/**
 * Client authentication failed. The answer is 401, and names the scheme that the client used.
 * @see RFC 6749 section 5.2
 */
export class InvalidClientError extends OAuthError {
  readonly code = 'invalid_client';
  override readonly status = 401;
}

/** The grant is unknown, expired, revoked, or another client's (RFC 6749 section 5.2). */
export class InvalidGrantError extends OAuthError {
  readonly code = 'invalid_grant';
}

/** Nobody has decided about a device yet: the client asks again (RFC 8628 section 3.5). */
export class AuthorizationPendingError extends OAuthError {
  readonly code = 'authorization_pending';
  /** It is what nearly every poll is answered. */
  override readonly isReported = true;
}

/** As {@link AuthorizationPendingError}, and asked too soon: from now on five seconds later (RFC 8628 section 3.5). */
export class SlowDownError extends OAuthError {
  readonly code = 'slow_down';
  override readonly isReported = true;
}

/** The person did not allow what a device asked for (RFC 8628 section 3.5). */
export class AccessDeniedError extends OAuthError {
  readonly code = 'access_denied';
}

/** Nobody allowed in time what a device asked for (RFC 8628 section 3.5). */
export class ExpiredTokenError extends OAuthError {
  readonly code = 'expired_token';
}

/** What a client is to be registered with contradicts itself or the server (RFC 7591 section 3.2.2). */
export class InvalidClientMetadataError extends OAuthError {
  readonly code = 'invalid_client_metadata';
}

/** A redirection URI that a client may not register (RFC 7591 section 3.2.2). */
export class InvalidRedirectUriError extends OAuthError {
  readonly code = 'invalid_redirect_uri';
}

/** A software statement that nobody here vouches for (RFC 7591 section 3.2.2). */
export class UnapprovedSoftwareStatementError extends OAuthError {
  readonly code = 'unapproved_software_statement';
}

/** The client may not use this grant type (RFC 6749 section 5.2). */
export class UnauthorizedClientError extends OAuthError {
  readonly code = 'unauthorized_client';
}

/** No such grant type here (RFC 6749 section 5.2). */
export class UnsupportedGrantTypeError extends OAuthError {
  readonly code = 'unsupported_grant_type';
}

/** A token of this kind cannot be revoked here (RFC 7009 section 2.2.1). */
export class UnsupportedTokenTypeError extends OAuthError {
  readonly code = 'unsupported_token_type';
}

/** The scope is malformed, unknown, or more than the client may have (RFC 6749 section 5.2). */
export class InvalidScopeError extends OAuthError {
  readonly code = 'invalid_scope';
}

/** The resource is unknown, malformed, or not for this client (RFC 8707 section 2). */
export class InvalidTargetError extends OAuthError {
  readonly code = 'invalid_target';
}

/** The DPoP proof is missing a member, does not fit the request, or came before (RFC 9449 section 5). */
export class InvalidDpopProofError extends OAuthError {
  readonly code = 'invalid_dpop_proof';
}

/**
 * The DPoP proof holds no nonce of this server that is still good; the answer brings one along.
 * @see RFC 9449 section 8
 */
export class UseDpopNonceError extends OAuthError {
  readonly code = 'use_dpop_nonce';
}

/** The details are malformed, of an unknown type, or not for this client (RFC 9396 section 5). */
export class InvalidAuthorizationDetailsError extends OAuthError {
  readonly code = 'invalid_authorization_details';
}

/**
 * A part that the answer depends on is down. Nothing was changed, and the same request may be sent
 * again after `retryAfterSeconds`.
 * @see RFC 9110 section 15.6.4
 */
export class TemporarilyUnavailableError extends OAuthError {
  readonly code = 'temporarily_unavailable';
  override readonly status = 503;

  /** @param retryAfterSeconds sent as `Retry-After` */
  constructor(
    description: string,
    reason: string = description,
    readonly retryAfterSeconds = 2,
    options?: ErrorOptions,
  ) {
    super(description, reason, options);
  }
}
