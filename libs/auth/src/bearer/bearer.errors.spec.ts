/** The answers of RFC 6750 section 3.1: status, challenge and body of each. */
import {
  BearerError,
  HandlerClosedError,
  InsufficientScopeError,
  InvalidRequestError,
  InvalidTokenError,
  MissingTokenError,
  VerificationUnavailableError,
} from './bearer.errors.js';

const METADATA = 'https://orders.example/.well-known/oauth-protected-resource';

const TABLE: readonly [string, BearerError, number, string | undefined, object][] = [
  [
    'no token',
    new MissingTokenError(METADATA),
    401,
    `Bearer resource_metadata="${METADATA}"`,
    { statusCode: 401, message: 'Unauthorized' },
  ],
  ['no token, without metadata', new MissingTokenError(), 401, 'Bearer', { statusCode: 401 }],
  [
    'a malformed request',
    new InvalidRequestError(METADATA),
    400,
    'Bearer error="invalid_request", error_description="Send one access token, in one Authorization ' +
      `header: Bearer <token>", resource_metadata="${METADATA}"`,
    { error: 'invalid_request' },
  ],
  [
    'a bad token',
    new InvalidTokenError(false, METADATA),
    401,
    `Bearer error="invalid_token", error_description="The access token is not valid", resource_metadata="${METADATA}"`,
    { error: 'invalid_token', error_description: 'The access token is not valid' },
  ],
  [
    'an expired token',
    new InvalidTokenError(true),
    401,
    'Bearer error="invalid_token", error_description="The access token expired"',
    { error: 'invalid_token', error_description: 'The access token expired' },
  ],
  [
    'too little scope',
    new InsufficientScopeError('orders:write', METADATA),
    403,
    'Bearer error="insufficient_scope", scope="orders:write", error_description="The access token ' +
      `does not allow this", resource_metadata="${METADATA}"`,
    { error: 'insufficient_scope' },
  ],
  [
    'a role that no scope makes up for',
    new InsufficientScopeError(undefined),
    403,
    'Bearer error="insufficient_scope", error_description="The access token does not allow this"',
    { error: 'insufficient_scope' },
  ],
  ['a closed handler', new HandlerClosedError(), 403, undefined, { statusCode: 403 }],
  ['keys out of reach', new VerificationUnavailableError(7), 503, undefined, { statusCode: 503 }],
];

describe('the answer to', () => {
  it.each(TABLE)('%s is as RFC 6750 says', (_, error, status, challenge, body) => {
    expect(error).toBeInstanceOf(BearerError);
    expect(error.name).toBe(error.constructor.name);
    expect(error.getStatus()).toBe(status);
    expect(error.headers['WWW-Authenticate']).toBe(challenge);
    expect(error.getResponse()).toMatchObject(body);
  });

  it.each(TABLE)('%s is never cached', (_, error) => {
    expect(error.headers['Cache-Control']).toBe('no-store');
  });

  it('keys out of reach says when to come again', () => {
    expect(new VerificationUnavailableError(7).headers['Retry-After']).toBe('7');
  });

  it('two bad tokens is the same, whatever was wrong with them', () => {
    const [one, other] = [new InvalidTokenError(false), new InvalidTokenError(false)];
    expect(one.headers).toEqual(other.headers);
    expect(one.getResponse()).toEqual(other.getResponse());
  });
});
