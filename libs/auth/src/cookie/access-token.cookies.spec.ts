/** The cookies that a backend sets: what browsers are told of them, and that they are taken. */
import { AccessTokenCookies } from './access-token.cookies.js';
import { type AccessTokenCookieOptions } from './cookie.options.js';
import { CookieTokenSource, presentedToken } from './cookie-token.source.js';
import { CsrfTokens } from './csrf-token.js';

const [OLD, NEW, OTHER] = [1, 2, 3].map((byte) => Buffer.alloc(32, byte)) as [
  Buffer,
  Buffer,
  Buffer,
];
const SHOP = 'https://shop.example';
const withKeys = (...keys: Buffer[]): AccessTokenCookieOptions => ({
  name: '__Host-at',
  csrf: { allowedOrigins: [SHOP], token: { keys } },
});
const cookies = new AccessTokenCookies(withKeys(NEW));

/** A request by a page of the application, in a browser that was given `lines`. */
function postWith(lines: readonly string[]) {
  const pairs = lines.map((line) => line.slice(0, line.indexOf(';')));
  const csrf = pairs[1]?.slice('__Host-csrf='.length);
  return {
    method: 'POST',
    headers: { cookie: pairs.join('; '), origin: SHOP, 'x-csrf-token': csrf },
  };
}

describe('AccessTokenCookies', () => {
  it('keeps the token from scripts, and both cookies from other sites, hosts and plain http', () => {
    const [token, csrf] = cookies.issue('abc.def', { maxAgeSeconds: 300 });
    expect(token).toBe('__Host-at=abc.def; Path=/; Secure; SameSite=Strict; Max-Age=300; HttpOnly');
    expect(csrf).toMatch(
      /^__Host-csrf=[A-Za-z0-9_-]{43}; Path=\/; Secure; SameSite=Strict; Max-Age=300$/,
    );
  });

  it('makes them Lax where links shall lead in, and ends them with the session of the browser', () => {
    const [token] = cookies.issue('abc', { sameSite: 'Lax' });
    expect(token).toBe('__Host-at=abc; Path=/; Secure; SameSite=Lax; HttpOnly');
  });

  it('takes both away', () => {
    expect(cookies.clear()).toEqual([
      '__Host-at=; Path=/; Secure; SameSite=Strict; Max-Age=0; HttpOnly',
      '__Host-csrf=; Path=/; Secure; SameSite=Strict; Max-Age=0',
    ]);
  });

  it.each([
    ['a token with an attribute', 'abc; Domain=example', {}, TypeError],
    ['a token with a line end', 'abc\r\nX: y', {}, TypeError],
    ['no token', '', {}, TypeError],
    ['a token that browsers drop', 'a'.repeat(4096), {}, RangeError],
    ['no time', 'abc', { maxAgeSeconds: 0 }, TypeError],
    ['a fraction of time', 'abc', { maxAgeSeconds: 0.5 }, TypeError],
  ])('refuses %s', (_name, token, lifetime, error) => {
    expect(() => cookies.issue(token, lifetime)).toThrow(error);
  });
});

describe('CookieTokenSource', () => {
  it('takes what AccessTokenCookies gave, and remembers it with the request', () => {
    const source = new CookieTokenSource(withKeys(NEW));
    const request = postWith(cookies.issue('abc.def'));
    expect(presentedToken(request)).toBeUndefined();
    expect(source.extract(request)).toEqual({ scheme: 'Bearer', token: 'abc.def' });
    expect(presentedToken(request)).toEqual({ scheme: 'Bearer', token: 'abc.def' });
  });

  it('takes CSRF tokens of every key, and makes them by the first', () => {
    const rotated = withKeys(NEW, OLD);
    const source = new CookieTokenSource(rotated);
    for (const key of [NEW, OLD]) {
      const lines = new AccessTokenCookies(withKeys(key)).issue('abc');
      expect(source.extract(postWith(lines))?.token).toBe('abc');
    }
    expect(new AccessTokenCookies(rotated).issue('abc')).toEqual(cookies.issue('abc'));
    const forged = new AccessTokenCookies(withKeys(OTHER)).issue('abc');
    expect(() => source.extract(postWith(forged))).toThrow('csrf_token');
  });

  it('presents a token that comes with a proof as one of the scheme DPoP', () => {
    const headers = { cookie: '__Host-at=abc', dpop: 'proof' };
    const source = new CookieTokenSource(withKeys(NEW));
    expect(source.extract({ method: 'GET', headers })?.scheme).toBe('DPoP');
  });
});

describe('CsrfTokens', () => {
  const tokens = new CsrfTokens([NEW]);

  it.each([
    ['of another access token', tokens.make('abd')],
    ['of another key', new CsrfTokens([OTHER]).make('abc')],
    ['that is shorter', tokens.make('abc').slice(1)],
    ['that is longer', `${tokens.make('abc')}A`],
    ['that is empty', ''],
    ['beyond ASCII', 'é'.repeat(43)],
  ])('recognises no token %s', (_name, presented) => {
    expect(tokens.goesWith(presented, 'abc')).toBe(false);
    expect(tokens.goesWith(tokens.make('abc'), 'abc')).toBe(true);
  });
});
