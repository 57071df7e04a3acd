/** Reads a token request (RFC 6749 section 4.4.2, RFC 8707 section 2.2). */
import {
  type ConfirmationClaim,
  InvalidScopeError,
  InvalidTargetError,
  parseScope,
} from '@keyward/oauth';
import { type FormParameters } from '../http/form.parser.js';
import { type RequestOrigin } from '../http/request.origin.js';

/** Longest scope value that is looked at, in characters. */
export const MAX_SCOPE_LENGTH = 4096;

/** Most resources that one request may name. */
export const MAX_RESOURCES = 16;

/** A token request, well-formed but not yet granted. */
export interface TokenRequest {
  readonly grantType: string;
  /** For the audit. */
  readonly origin: RequestOrigin;
  /** The requested scope tokens; null where the client leaves the choice to the server. */
  readonly scope: readonly string[] | null;
  /** The requested resource indicators; empty for no restriction. */
  readonly resources: readonly string[];
  /** `authorization_details` as it was sent: what it may be depends on the grant. */
  readonly authorizationDetails: string | null;
  /** The key that the client proved beside the request, which its tokens are bound to. */
  readonly confirmation: ConfirmationClaim | null;
  /** The grant's own parameters stand here: each grant reads them by its own parser. */
  readonly parameters: FormParameters;
}

/**
 * @throws InvalidRequestError for a missing or repeated parameter
 * @throws InvalidScopeError for a scope that is too long or breaks the grammar
 * @throws InvalidTargetError for a resource that is no absolute URI without fragment
 */
export function parseTokenRequest(
  form: FormParameters,
  origin: RequestOrigin,
  confirmation: ConfirmationClaim | null = null,
): TokenRequest {
  return {
    grantType: form.required('grant_type'),
    origin,
    scope: parseRequestedScope(form.single('scope')),
    resources: parseResources(form.repeated('resource')),
    authorizationDetails: form.single('authorization_details'),
    confirmation,
    parameters: form,
  };
}

/** @throws InvalidScopeError */
export function parseRequestedScope(value: string | null): readonly string[] | null {
  if (value === null) return null;
  if (value.length > MAX_SCOPE_LENGTH) {
    throw new InvalidScopeError(`the scope is longer than ${MAX_SCOPE_LENGTH} characters`);
  }
  const scope = parseScope(value);
  if (scope === null) throw new InvalidScopeError('the scope is malformed');
  return scope;
}

/** @throws InvalidTargetError */
export function parseResources(values: readonly string[]): readonly string[] {
  if (values.length > MAX_RESOURCES) {
    throw new InvalidTargetError(`more than ${MAX_RESOURCES} resources are requested`);
  }
  for (const value of values) {
    if (!URL.canParse(value) || value.includes('#')) {
      throw new InvalidTargetError('a resource must be an absolute URI without fragment');
    }
  }
  return values;
}
