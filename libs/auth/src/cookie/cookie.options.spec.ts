/** Options of cookies: what is insecure, or was left out, stops the start. */
import { AuthModule } from '../auth.module.js';
import { checkCookieOptions, type AccessTokenCookieOptions } from './cookie.options.js';

const KEY = Buffer.alloc(32, 7);
const TOKEN = { keys: [KEY] };
const CSRF = { allowedOrigins: ['https://shop.example'], token: TOKEN };
const GOOD: AccessTokenCookieOptions = { name: '__Host-at', csrf: CSRF };

describe('checkCookieOptions', () => {
  it('has names for the CSRF token', () => {
    const { cookieName, headerName } = checkCookieOptions(GOOD);
    expect([cookieName, headerName]).toEqual(['__Host-csrf', 'x-csrf-token']);
  });

  it.each(['http://localhost:4200', 'http://127.0.0.1:8080', 'http://[::1]:3000'])(
    'takes pages of the developer’s own machine: %s',
    (origin) => {
      const csrf = { ...CSRF, allowedOrigins: [origin] };
      expect([...checkCookieOptions({ ...GOOD, csrf }).allowedOrigins]).toEqual([origin]);
    },
  );

  it.each<[string, object]>([
    ['a name without a prefix', { ...GOOD, name: 'at' }],
    ['the prefix of a weaker promise', { ...GOOD, name: '__Secure-at' }],
    ['the prefix in another case', { ...GOOD, name: '__host-at' }],
    ['the prefix alone', { ...GOOD, name: '__Host-' }],
    ['a name that no cookie can have', { ...GOOD, name: '__Host-a=b' }],
    ['no name', { csrf: CSRF }],
    ['no defence', { name: '__Host-at' }],
    ['a defence that is switched off', { name: '__Host-at', csrf: false }],
    ['no origins', { ...GOOD, csrf: { token: TOKEN } }],
    ['an empty list of origins', { ...GOOD, csrf: { ...CSRF, allowedOrigins: [] } }],
    ['any origin', { ...GOOD, csrf: { ...CSRF, allowedOrigins: ['*'] } }],
    ['the origin null', { ...GOOD, csrf: { ...CSRF, allowedOrigins: ['null'] } }],
    ['a URL', { ...GOOD, csrf: { ...CSRF, allowedOrigins: ['https://shop.example/'] } }],
    ['plain http', { ...GOOD, csrf: { ...CSRF, allowedOrigins: ['http://shop.example'] } }],
    ['no token', { ...GOOD, csrf: { allowedOrigins: CSRF.allowedOrigins } }],
    ['no keys', { ...GOOD, csrf: { ...CSRF, token: { keys: [] } } }],
    ['a short key', { ...GOOD, csrf: { ...CSRF, token: { keys: [KEY, KEY.subarray(1)] } } }],
    ['a key that is a text', { ...GOOD, csrf: { ...CSRF, token: { keys: ['x'.repeat(32)] } } }],
    [
      'a header that forms can send',
      { ...GOOD, csrf: { ...CSRF, token: { ...TOKEN, headerName: 'content-type' } } },
    ],
    [
      'a CSRF cookie without a prefix',
      { ...GOOD, csrf: { ...CSRF, token: { ...TOKEN, cookieName: 'csrf' } } },
    ],
    [
      'one cookie for both',
      { ...GOOD, csrf: { ...CSRF, token: { ...TOKEN, cookieName: '__Host-at' } } },
    ],
  ])('refuses %s', (_name, options) => {
    expect(() => checkCookieOptions(options as AccessTokenCookieOptions)).toThrow(TypeError);
  });

  it('wants the defence at compile time too', () => {
    const trusts = [{ issuer: 'https://as.example', audience: 'https://orders.example' }];
    // @ts-expect-error the defence is no option
    AuthModule.forRoot({ trusts, cookie: { name: '__Host-at' } });
    // @ts-expect-error the name has a prefix
    AuthModule.forRoot({ trusts, cookie: { name: 'at', csrf: CSRF } });
    expect(AuthModule.forRoot({ trusts, cookie: GOOD }).module).toBe(AuthModule);
  });
});
