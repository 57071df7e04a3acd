/** Finds the one set of client credentials that a request carries. */
import { InvalidClientError, InvalidRequestError } from '@keyward/oauth';
import { type FastifyRequest } from 'fastify';
import { decodeFormComponent, type FormParameters } from '../http/form.parser.js';
import { readClaimedClientId } from './client-assertion.js';

/** A secret, in the header or in the body. */
export interface SecretCredentials {
  readonly method: 'client_secret_basic' | 'client_secret_post';
  readonly clientId: string;
  readonly clientSecret: string;
}

/** A signed assertion. */
export interface AssertionCredentials {
  readonly method: 'private_key_jwt';
  /** What the assertion claims; it is believed once its signature is checked. */
  readonly clientId: string;
  readonly assertion: string;
}

/** A name and no proof in the message: a public client, or one that TLS authenticates. */
export interface NoCredentials {
  readonly method: 'none';
  readonly clientId: string;
}

/** What a client presented, not yet checked. */
export type ClientCredentials = SecretCredentials | AssertionCredentials | NoCredentials;

/** One description for every way to fail, so that an answer teaches nothing about a client. */
export const CLIENT_AUTHENTICATION_FAILED = 'client authentication failed';

/** The one type of assertion that is taken (RFC 7523 section 2.2). */
export const JWT_BEARER_ASSERTION = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

const AUTHORIZATION = 'authorization';
// One for all: a decoder keeps nothing between two texts.
const UTF_8 = new TextDecoder('utf-8', { fatal: true });
const BASIC = /^basic +([A-Za-z0-9+/]+={0,2})$/i;

/**
 * The presented credentials.
 *
 * @throws InvalidRequestError for two methods at once, or two client ids that differ
 * @throws InvalidClientError for none, not even a client_id; for an Authorization header that is not
 *   Basic, and for an assertion of another type
 * @see RFC 6749 section 2.3, RFC 7521 section 4.2
 */
export function parseClientCredentials(
  request: FastifyRequest,
  form: FormParameters,
): ClientCredentials {
  const header = findAuthorization(request);
  const clientId = form.single('client_id');
  const clientSecret = form.single('client_secret');
  const assertion = form.single('client_assertion');
  const assertionType = form.single('client_assertion_type');

  const methods = [header, clientSecret, assertion ?? assertionType].filter(
    (value) => value !== null,
  );
  if (methods.length > 1) {
    throw new InvalidRequestError('a client must use one authentication method a request');
  }
  if (header !== null) return sameClient(parseBasic(header), clientId, 'the Authorization header');
  if (assertion !== null || assertionType !== null) {
    return sameClient(parseAssertion(assertion, assertionType), clientId, 'the client assertion');
  }
  if (clientId === null) {
    if (clientSecret === null) throw failed('no client credentials were presented');
    throw new InvalidRequestError('the parameter client_id is missing');
  }
  if (clientSecret === null) return { method: 'none', clientId };
  return { method: 'client_secret_post', clientId, clientSecret };
}

function sameClient<T extends ClientCredentials>(
  credentials: T,
  clientId: string | null,
  where: string,
): T {
  if (clientId !== null && clientId !== credentials.clientId) {
    throw new InvalidRequestError(`client_id differs from ${where}`);
  }
  return credentials;
}

/** @see RFC 7521 section 4.2, RFC 7523 section 2.2 */
function parseAssertion(assertion: string | null, type: string | null): AssertionCredentials {
  if (assertion === null || type === null) {
    throw new InvalidRequestError('client_assertion and client_assertion_type go together');
  }
  if (type !== JWT_BEARER_ASSERTION) throw failed('the client assertion is of another type');
  return { method: 'private_key_jwt', clientId: readClaimedClientId(assertion), assertion };
}

// Node keeps the first of several Authorization headers; a proxy in front may have read the last.
function findAuthorization({ headers, raw }: FastifyRequest): string | null {
  const { rawHeaders } = raw;
  let count = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? '';
    if (name.length === AUTHORIZATION.length && name.toLowerCase() === AUTHORIZATION) count += 1;
  }
  if (count > 1) throw new InvalidRequestError('there must be one Authorization header');
  return headers.authorization ?? null;
}

/** @see RFC 7617 section 2, RFC 6749 section 2.3.1 (both parts are form-encoded first) */
function parseBasic(header: string): SecretCredentials {
  const encoded = BASIC.exec(header)?.[1];
  if (encoded === undefined) throw failed('the Authorization header is not Basic');
  let decoded: string;
  try {
    decoded = UTF_8.decode(Buffer.from(encoded, 'base64'));
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
  return { method: 'client_secret_basic', clientId, clientSecret };
}

function failed(reason: string): InvalidClientError {
  return new InvalidClientError(CLIENT_AUTHENTICATION_FAILED, reason);
}
