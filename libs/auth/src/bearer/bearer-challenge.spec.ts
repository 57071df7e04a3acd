/** WWW-Authenticate as RFC 6750 section 3 and RFC 9728 section 5.1 write it. */
import fc from 'fast-check';
import { formatChallenge, type BearerChallenge } from './bearer-challenge.js';

describe('formatChallenge', () => {
  it.each<[BearerChallenge, string]>([
    [{}, 'Bearer'],
    [{ error: undefined, resourceMetadata: undefined }, 'Bearer'],
    [{ error: 'invalid_token' }, 'Bearer error="invalid_token"'],
    [
      { error: 'invalid_token', errorDescription: 'The access token expired' },
      'Bearer error="invalid_token", error_description="The access token expired"',
    ],
    [
      { error: 'insufficient_scope', scope: 'orders:read orders:write' },
      'Bearer error="insufficient_scope", scope="orders:read orders:write"',
    ],
    [
      { resourceMetadata: 'https://orders.example/.well-known/oauth-protected-resource' },
      'Bearer resource_metadata="https://orders.example/.well-known/oauth-protected-resource"',
    ],
  ])('writes %j', (challenge, value) => {
    expect(formatChallenge(challenge)).toBe(value);
  });

  it('writes one header line, or refuses: nothing can end its quotes or start another line', () => {
    const text = fc.string({ unit: 'binary' });
    const challenge = fc.record({ errorDescription: text, scope: text, resourceMetadata: text });
    fc.assert(
      fc.property(challenge, (values) => {
        let written: string;
        try {
          written = formatChallenge(values);
        } catch (error) {
          expect(error).toBeInstanceOf(TypeError);
          return;
        }
        const quoted = '"[\\x20\\x21\\x23-\\x5b\\x5d-\\x7e]*"';
        expect(written).toMatch(
          new RegExp(
            `^Bearer scope=${quoted}, error_description=${quoted}, resource_metadata=${quoted}$`,
          ),
        );
      }),
    );
  });

  it.each(['"', '\\', '\r\nSet-Cookie: a=b', '\u007f', 'é', '\0'])(
    'refuses %j in a value',
    (text) => {
      expect(() => formatChallenge({ scope: `a${text}b` })).toThrow(TypeError);
    },
  );
});
