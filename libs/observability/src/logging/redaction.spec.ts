import { redact, REDACTED } from './redaction.js';

const JWT = 'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2lnbmF0dXJl';

describe('redact', () => {
  it.each([
    ['a signed token', `token ${JWT} was refused`, `token ${REDACTED} was refused`],
    ['an encrypted token', `${JWT}.aXY.dGFn`, REDACTED],
    ['a refresh token', 'got kwr_AQIDBAUGBwgJ', `got ${REDACTED}`],
    ['a client secret', 'kws_abcdefghijkl is wrong', `${REDACTED} is wrong`],
    ['a bearer token', 'Bearer abcdefghijklmnop', `Bearer ${REDACTED}`],
    ['client credentials', 'Basic c2hvcDpzZWNyZXQtc2VjcmV0', `Basic ${REDACTED}`],
    ['a password of a URL', 'redis://:hunter2@redis:6379', `redis://:${REDACTED}@redis:6379`],
    [
      'a password of a URL with a user',
      'postgres://keyward:hunter2@db/x',
      `postgres://keyward:${REDACTED}@db/x`,
    ],
    ['a code in a query', '/callback?code=abc&iss=x', `/callback?code=${REDACTED}&iss=x`],
    ['a form', 'grant_type=x&client_secret=abc', `grant_type=x&client_secret=${REDACTED}`],
    ['a link of a mail', '/password/reset?token=abc-_9', `/password/reset?token=${REDACTED}`],
    ['JSON', '{"refresh_token":"abc","x":1}', `{"refresh_token":"${REDACTED}","x":1}`],
    ['a private JWK', '{"kty":"EC","d":"abc"}', `{"kty":"EC","d":"${REDACTED}"}`],
    ['a cookie header', 'Set-Cookie: a=b; Path=/', `Set-Cookie: ${REDACTED}`],
    ['a key', '-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----', REDACTED],
    ['a key that is cut off', '-----BEGIN EC PRIVATE KEY-----\nMIIB', REDACTED],
  ])('takes %s out', (_what, text, expected) => expect(redact(text)).toBe(expected));

  it.each([
    'invalid_grant at /oauth2/token, request 0b4f: the refresh token is not one of this server',
    'client.authentication failure client=shop address=127.0.0.1 request=c-1 reference=r-1',
    'Basic realm="keyward", charset="UTF-8"',
    'refused with 401 | extraction: no_token | a Bearer token is missing',
    'connect ECONNREFUSED 127.0.0.1:5432',
    'ready on http://127.0.0.1:4000 as issuer http://127.0.0.1:4000',
  ])('leaves alone: %s', (text) => expect(redact(text)).toBe(text));
});
