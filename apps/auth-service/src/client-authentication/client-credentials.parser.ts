/** Finds the one set of client credentials that a request carries. */
import {
  type ClientAuthenticationMethod,
  InvalidClientError,
  InvalidRequestError,
} from '@keyward/oauth';
import { type FastifyRequest } from 'fastify';
import { decodeFormComponent, type FormParameters } from '../http/form.parser.js';

/** What a client presented, not yet checked. */
export interface ClientCredentials {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly method: ClientAuthenticationMethod;
}

/** One description for every way to fail, so that an answer teaches nothing about a client. */
export const CLIENT_AUTHENTICATION_FAILED = 'client authentication failed';

const BASIC = /^basic +([A-Za-z0-9+/]+={0,2})$/i;

/**
 * The presented credentials.
 *
 * @throws InvalidRequestError for two methods at once, or two client ids that differ
 * @throws InvalidClientError for none, or an Authorization header that is not Basic
 * @see RFC 6749 section 2.3
 */
export function parseClientCredentials(
  request: FastifyRequest,
  form: FormParameters,
): ClientCredentials {
  const header = findAuthorization(request);
  const clientId = form.single('client_id');
  const clientSecret = form.single('client_secret');
  const assertion = form.single('client_assertion');

  const methods = [header, clientSecret, assertion].filter((value) => value !== null);
  if (methods.length > 1) {
    throw new InvalidRequestError('a client must use one authentication method a request');
  }
  if (header !== null) {
    const basic = parseBasic(header);
    if (clientId !== null && clientId !== basic.clientId) {
      throw new InvalidRequestError('client_id differs from the Authorization header');
    }
    return basic;
  }
  if (assertion !== null) throw failed('client assertions are not supported');
  if (clientSecret === null) throw failed('no client credentials were presented');
  if (clientId === null) throw new InvalidRequestError('the parameter client_id is missing');
  return { clientId, clientSecret, method: 'client_secret_post' };
}

// Node keeps the first of several Authorization headers; a proxy in front may have read the last.
function findAuthorization({ headers, raw }: FastifyRequest): string | null {
  const names = raw.rawHeaders.filter((_, index) => index % 2 === 0);
  if (names.filter((name) => name.toLowerCase() === 'authorization').length > 1) {
    throw new InvalidRequestError('there must be one Authorization header');
  }
  return headers.authorization ?? null;
}

/** @see RFC 7617 section 2, RFC 6749 section 2.3.1 (both parts are form-encoded first) */
function parseBasic(header: string): ClientCredentials {
  const encoded = BASIC.exec(header)?.[1];
  if (encoded === undefined) throw failed('the Authorization header is not Basic');
  let decoded: string;
  try {
    decoded = new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(encoded, 'base64'));
  } catch {
    throw failed('the Basic credentials are not UTF-8');
  }
  const separator = decoded.indexOf(':');
  if (separator < 0) throw failed('the Basic credentials have no colon');
  const clientId = decodeFormComponent(decoded.slice(0, separator));
  const clientSecret = decodeFormComponent(decoded.slice(separator + 1));
  if (clientId === null || clientSecret === null) {
    throw failed('the Basic credentials are not form-encoded');
  }
  return { clientId, clientSecret, method: 'client_secret_basic' };
}

function failed(reason: string): InvalidClientError {
  return new InvalidClientError(CLIENT_AUTHENTICATION_FAILED, reason);
}
