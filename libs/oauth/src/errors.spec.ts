import { InvalidClientError, InvalidScopeError, TemporarilyUnavailableError } from './errors.js';

describe('OAuthError', () => {
  it('shows the client its code and description, never the reason', () => {
    const error = new InvalidClientError('client authentication failed', 'unknown client x');
    expect(error.status).toBe(401);
    expect(error.message).toBe('unknown client x');
    expect(JSON.stringify(error.toResponse())).toBe(
      '{"error":"invalid_client","error_description":"client authentication failed"}',
    );
  });

  it('answers 400 unless its RFC says otherwise', () => {
    expect(new InvalidScopeError('unknown scope').status).toBe(400);
    const unavailable = new TemporarilyUnavailableError('try again');
    expect([unavailable.status, unavailable.retryAfterSeconds]).toEqual([503, 2]);
  });
});
