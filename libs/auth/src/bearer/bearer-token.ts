/** Finds the access token of an HTTP request (RFC 6750 section 2, RFC 9449 section 7.1). */
import { type PeerSocket } from '../client-certificate/client-certificate.source.js';

/** What a request has in Express and in Fastify; Fastify keeps Node's own under `raw`. */
export interface HttpRequest {
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly rawHeaders?: readonly string[];
  readonly raw?: {
    readonly rawHeaders?: readonly string[];
    readonly socket?: PeerSocket;
    readonly method?: string;
  };
  readonly socket?: PeerSocket;
  readonly url?: string;
  /** As the client sent it, where a router rewrites `url`. */
  readonly originalUrl?: string;
  readonly method?: string;
  /** As the client sent it, where a middleware overrides `method`. */
  readonly originalMethod?: string;
  readonly body?: unknown;
  readonly query?: unknown;
}

/** How an access token came: alone, or with a proof of its key (RFC 9449 section 7.1). */
export type TokenScheme = 'Bearer' | 'DPoP';

/** An access token as a request presents it. */
export interface PresentedToken {
  readonly scheme: TokenScheme;
  readonly token: string;
}

/** The request carries a token in a way that RFC 6750 section 3.1 calls malformed. */
export class MalformedRequestError extends Error {
  override readonly name = 'MalformedRequestError';

  constructor(
    readonly reason: 'malformed_authorization' | 'malformed_cookie' | 'more_than_one_token',
    message: string,
  ) {
    super(message);
  }
}

// credentials = "Bearer" 1*SP b64token, the scheme in any case (RFC 9110 section 11.1).
const BEARER = /^bearer +([A-Za-z0-9\-._~+/]+=*)$/i;
const BEARER_SCHEME = /^bearer(?:[^!#$%&'*+\-.^_`|~0-9A-Za-z]|$)/i;
// credentials = "DPoP" 1*SP token68 (RFC 9449 section 7.1).
const DPOP = /^dpop +([A-Za-z0-9\-._~+/]+=*)$/i;
const DPOP_SCHEME = /^dpop(?:[^!#$%&'*+\-.^_`|~0-9A-Za-z]|$)/i;
const AUTHORIZATION = 'authorization';

/**
 * The bearer token of the Authorization header. Tokens in the body or the query are never taken,
 * since both end up in logs and histories (RFC 9700 section 4.3.2); one that comes beside the header
 * makes the request malformed.
 *
 * @returns undefined where the request uses another scheme or none
 * @throws MalformedRequestError for a broken header, and for more than one token
 * @see RFC 6750 sections 2.1 and 3.1
 */
export function extractBearerToken(request: HttpRequest): string | undefined {
  return extract(request, BEARER, BEARER_SCHEME, 'not "Bearer", a space, one token');
}

/**
 * The same of a token that comes with a proof of its key.
 *
 * @returns undefined where the request uses another scheme or none
 * @throws MalformedRequestError as for a bearer token
 * @see RFC 9449 section 7.1
 */
export function extractDpopToken(request: HttpRequest): string | undefined {
  return extract(request, DPOP, DPOP_SCHEME, 'not "DPoP", a space, one token');
}

/**
 * The access token of the Authorization header, by whichever of the two schemes.
 *
 * @returns undefined where the request uses another scheme or none
 * @throws MalformedRequestError for a broken header, and for more than one token
 */
export function extractAccessToken(request: HttpRequest): PresentedToken | undefined {
  const bearer = extractBearerToken(request);
  if (bearer !== undefined) return { scheme: 'Bearer', token: bearer };
  const token = extractDpopToken(request);
  return token === undefined ? undefined : { scheme: 'DPoP', token };
}

function extract(
  request: HttpRequest,
  credentials: RegExp,
  scheme: RegExp,
  form: string,
): string | undefined {
  const header = request.headers[AUTHORIZATION];
  if (header === undefined) return undefined;
  // Node keeps the first of several Authorization headers and drops the rest: a proxy in front may
  // have looked at another one, so the raw list decides.
  if (typeof header !== 'string' || countAuthorization(request) > 1) {
    throw new MalformedRequestError('more_than_one_token', 'more than one Authorization header');
  }
  const token = credentials.exec(header)?.[1];
  if (token === undefined) {
    if (!scheme.test(header)) return undefined;
    throw new MalformedRequestError('malformed_authorization', form);
  }
  refuseParameterToken(request);
  return token;
}

/** @throws MalformedRequestError for a token in body or query, beside the one that was found */
export function refuseParameterToken(request: HttpRequest): void {
  // Express parses the query anew at every look, so it is looked at only where there is one.
  const hasQuery = request.url?.includes('?') ?? true;
  if (hasToken(request.body) || (hasQuery && hasToken(request.query))) {
    throw new MalformedRequestError('more_than_one_token', 'a second token in body or query');
  }
}

function countAuthorization(request: HttpRequest): number {
  const raw = request.raw?.rawHeaders ?? request.rawHeaders ?? [];
  let count = 0;
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i];
    if (name?.length === AUTHORIZATION.length && name.toLowerCase() === AUTHORIZATION) count += 1;
  }
  return count;
}

function hasToken(parameters: unknown): boolean {
  return (
    typeof parameters === 'object' &&
    parameters !== null &&
    Object.hasOwn(parameters, 'access_token')
  );
}
