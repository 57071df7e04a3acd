import { request } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { JWT_BEARER_ASSERTION } from './client-authentication/client-credentials.parser.js';
import { SECRETS } from './testing/bootstrap.fixture.js';
import { basic, TestApplication } from './testing/test-application.js';

const GRANT = 'grant_type=client_credentials';
const FORM = 'application/x-www-form-urlencoded';
const POSTER = `client_id=poster&client_secret=${SECRETS['SECRET_OF_poster']}`;
const ENDPOINTS = ['/oauth2/token', '/oauth2/introspect', '/oauth2/revoke'];

const ASSERTION_TYPE = `client_assertion_type=${encodeURIComponent(JWT_BEARER_ASSERTION)}`;

describe('bad input', () => {
  let server: TestApplication;
  beforeAll(async () => {
    server = await TestApplication.start();
  });
  afterAll(() => server.stop());

  async function expectRefusal(response: Response, status: number, error: string) {
    const body = await response.text();
    expect({ status: response.status, body }).toEqual({
      status,
      body: expect.stringMatching(
        new RegExp(`^{"error":"${error}","error_description":"[^"\\\\]+"}$`),
      ),
    });
    expect(body).not.toMatch(/node_modules|at \w+ \(|\.js|\.ts/);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(response.headers.has('www-authenticate')).toBe(status === 401);
  }

  it.each([
    ['no grant_type', 400, 'invalid_request', 'scope=orders:read'],
    ['an empty grant_type', 400, 'invalid_request', 'grant_type='],
    ['a grant_type sent twice', 400, 'invalid_request', `${GRANT}&${GRANT}`],
    ['a scope sent twice', 400, 'invalid_request', `${GRANT}&scope=orders:read&scope=orders:read`],
    ['a client_id sent twice', 400, 'invalid_request', `${GRANT}&client_id=shop&client_id=shop`],
    ['another client_id in the body', 400, 'invalid_request', `${GRANT}&client_id=poster`],
    ['a second way to authenticate', 400, 'invalid_request', `${GRANT}&${POSTER}`],
    ['an assertion beside Basic', 400, 'invalid_request', `${GRANT}&client_assertion=a.b.c`],
    ['a stray percent sign', 400, 'invalid_request', `${GRANT}&scope=%`],
    ['an escape that is not hexadecimal', 400, 'invalid_request', `${GRANT}&scope=%zz`],
    ['octets that are not UTF-8', 400, 'invalid_request', `${GRANT}&scope=%ff%fe`],
    ['an unsupported grant', 400, 'unsupported_grant_type', 'grant_type=password&username=a'],
    ['a grant by another case', 400, 'unsupported_grant_type', 'grant_type=Client_Credentials'],
    ['a grant named like a property', 400, 'unsupported_grant_type', 'grant_type=__proto__'],
    ['an unknown scope', 400, 'invalid_scope', `${GRANT}&scope=nothing`],
    ['a scope that the client may not have', 400, 'invalid_scope', `${GRANT}&scope=orders:write`],
    ['one good and one bad scope', 400, 'invalid_scope', `${GRANT}&scope=orders:read+audit`],
    ['a scope with a double space', 400, 'invalid_scope', `${GRANT}&scope=orders:read++audit`],
    ['a scope with a quote', 400, 'invalid_scope', `${GRANT}&scope=%22`],
    ['a scope with a NUL', 400, 'invalid_scope', `${GRANT}&scope=%00`],
    ['a scope of 50,000 characters', 400, 'invalid_scope', `${GRANT}&scope=${'a'.repeat(50_000)}`],
    ['a resource that is no URI', 400, 'invalid_target', `${GRANT}&resource=orders`],
    [
      'a resource with a fragment',
      400,
      'invalid_target',
      `${GRANT}&resource=urn:example:payments%23`,
    ],
    ['an unknown resource', 400, 'invalid_target', `${GRANT}&resource=https://other.example.com`],
    [
      'a hundred resources',
      400,
      'invalid_target',
      GRANT + range(100, (i) => `&resource=urn:x:${i}`),
    ],
    ['a body over 64 KiB', 413, 'invalid_request', `${GRANT}&padding=${'a'.repeat(65_536)}`],
  ])('refuses %s with %i %s', async (_, status, error, body) => {
    await expectRefusal(await server.post('/oauth2/token', body, basic('shop')), status, error);
  });

  it('refuses a grant that the client is not registered for', async () => {
    const response = await server.post('/oauth2/token', GRANT, basic('web'));
    await expectRefusal(response, 400, 'unauthorized_client');
  });

  it.each([
    ['no credentials', {}],
    ['another scheme', { authorization: 'Bearer abc' }],
    ['a bare scheme', { authorization: 'Basic' }],
    ['base64 with foreign characters', { authorization: 'Basic a*b' }],
    ['base64url', { authorization: `Basic ${Buffer.from('??>:x').toString('base64url')}` }],
    ['credentials without a colon', { authorization: `Basic ${base64('shop')}` }],
    ['credentials that are not UTF-8', { authorization: `Basic ${base64('\xff:\xff', 'latin1')}` }],
    ['credentials that are not form-encoded', { authorization: `Basic ${base64('shop:%')}` }],
    ['an empty header', { authorization: '' }],
  ])('refuses %s at every endpoint with 401 and a challenge', async (_, headers) => {
    for (const endpoint of ENDPOINTS) {
      const response = await server.post(endpoint, `${GRANT}&token=x`, headers);
      await expectRefusal(response, 401, 'invalid_client');
    }
  });

  it.each([
    ['a client_id without a secret', 401, 'invalid_client', 'client_id=shop'],
    ['a secret without a client_id', 400, 'invalid_request', 'client_secret=x'],
    ['an assertion without its type', 400, 'invalid_request', 'client_assertion=a.b.c'],
    ['an assertion of nobody', 401, 'invalid_client', `client_assertion=a.b.c&${ASSERTION_TYPE}`],
    ['a method it is not registered for', 401, 'invalid_client', 'client_id=shop&client_secret=x'],
    ['a wrong posted secret', 401, 'invalid_client', 'client_id=poster&client_secret=x'],
  ])('refuses in the body: %s', async (_, status, error, body) => {
    await expectRefusal(await server.post('/oauth2/token', `${GRANT}&${body}`), status, error);
  });

  it.each(['/oauth2/introspect', '/oauth2/revoke'])(
    'refuses at %s a token that is missing, empty or repeated',
    async (path) => {
      for (const body of [
        '',
        'token=',
        'token=a&token=b',
        'token=a&token_type_hint=x&token_type_hint=y',
      ]) {
        await expectRefusal(await server.post(path, body, basic('shop')), 400, 'invalid_request');
      }
    },
  );

  it.each([
    ['JSON', 'application/json', '{"grant_type":"client_credentials"}'],
    ['truncated JSON', 'application/json', '{"grant_type":'],
    ['plain text', 'text/plain', GRANT],
    ['multipart', 'multipart/form-data; boundary=x', '--x--'],
    ['no content type', '', GRANT],
    ['a malformed content type', 'application', GRANT],
  ])('refuses %s at every endpoint', async (_, contentType, body) => {
    for (const endpoint of ENDPOINTS) {
      const response = await server.post(endpoint, body, {
        ...basic('shop'),
        'content-type': contentType,
      });
      await expectRefusal(response, 415, 'invalid_request');
    }
  });

  it('refuses a request without a body', async () => {
    const response = await fetch(server.url('/oauth2/token'), {
      method: 'POST',
      headers: basic('shop'),
    });
    await expectRefusal(response, 400, 'invalid_request');
  });

  it.each([
    ['GET', '/oauth2/token', 405, 'POST'],
    ['PUT', '/oauth2/token', 405, 'POST'],
    ['DELETE', '/oauth2/introspect', 405, 'POST'],
    ['OPTIONS', '/oauth2/token', 405, 'POST'],
    ['POST', '/.well-known/jwks.json', 405, 'GET'],
    ['POST', '/nothing', 404, null],
    ['GET', '/', 404, null],
    ['GET', '/oauth2/token/', 404, null],
    ['GET', '/%zz', 400, null],
    ['GET', '/**', 404, null],
    ['GET', '/admin/clients/%00', 404, null],
    ['POST', '/admin/clients/a%00b/disable', 404, null],
    ['GET', '/*&', 404, null],
    ['GET', '/:a(', 404, null],
    ['POST', '/oauth2/token/:id(', 404, null],
  ])('answers %s %s with %i as JSON', async (method, path, status, allow) => {
    const response = await fetch(server.url(path), { method });
    await expectRefusal(response, status, 'invalid_request');
    expect(response.headers.get('allow')).toBe(allow);
  });

  it('answers HEAD like GET, without a body', async () => {
    const response = await fetch(server.url('/.well-known/jwks.json'), { method: 'HEAD' });
    expect(response.status).toBe(200);
    expect(await response.text()).toBe('');
    expect((await fetch(server.url('/oauth2/token'), { method: 'HEAD' })).status).toBe(405);
  });

  it('refuses two Authorization headers', async () => {
    const answer = await raw(
      {
        method: 'POST',
        path: '/oauth2/token',
        headers: {
          authorization: [basic('shop').authorization, basic('poster').authorization],
          'content-type': FORM,
        },
      },
      GRANT,
    );
    expect(answer).toMatchObject({ status: 400, body: expect.stringContaining('invalid_request') });
  });

  it.each([
    ['a header of 100 KB', `GET / HTTP/1.1\r\nHost: a\r\nX: ${'a'.repeat(100_000)}\r\n\r\n`, 431],
    ['a broken request line', 'NOT HTTP AT ALL\r\n\r\n', 400],
    [
      'two lengths',
      'POST /oauth2/token HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n',
      400,
    ],
  ])('refuses %s with JSON and closes the connection', async (_, bytes, status) => {
    const socket = connect(server.port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write(bytes);
    const answer = await text(socket);
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(answer).toMatch(/\r\n\r\n{"error":"invalid_request","error_description":"[^"]+"}$/);
  });

  it('still answers after all of this', async () => {
    expect((await server.token('shop')).scope).toBe('orders:read payments:read');
  });

  function raw(options: object, body: string): Promise<{ status: number; body: string }> {
    return new Promise((resolve, reject) => {
      const outgoing = request({ host: '127.0.0.1', port: server.port, ...options }, (incoming) => {
        text(incoming).then(
          (answer) => resolve({ status: incoming.statusCode ?? 0, body: answer }),
          reject,
        );
      });
      outgoing.on('error', reject).end(body);
    });
  }
});

function base64(value: string, encoding: BufferEncoding = 'utf8'): string {
  return Buffer.from(value, encoding).toString('base64');
}

function range(length: number, item: (index: number) => string): string {
  return Array.from({ length }, (_, index) => item(index)).join('');
}
