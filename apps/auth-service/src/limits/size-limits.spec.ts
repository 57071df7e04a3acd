import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import {
  HEADERS_TIMEOUT_MS,
  MAX_HEADERS,
  MAX_JSON_DEPTH,
  MAX_PARAMETER_NAME_LENGTH,
  MAX_PARAMETERS,
  MAX_URL_LENGTH,
  REQUEST_TIMEOUT_MS,
  TIMEOUT_CHECK_INTERVAL_MS,
} from '../http/server.limits.js';
import { administratedBootstrap, ADMINISTRATION } from '../testing/administration.fixture.js';
import { basic, TestApplication } from '../testing/test-application.js';

const FORM = 'application/x-www-form-urlencoded';
const GRANT = 'grant_type=client_credentials&scope=orders:read';
// A machine that does many things at once may look late.
const SLACK_MS = 5000;

describe('what a request may cost', () => {
  let server: TestApplication;
  let administrator: { authorization: string };
  beforeAll(async () => {
    server = await TestApplication.start({ bootstrap: administratedBootstrap() });
    const form = { resource: ADMINISTRATION, scope: 'admin:clients' };
    const { access_token } = await server.token('shop', form);
    administrator = { authorization: `Bearer ${access_token}` };
  });
  afterAll(() => server.stop());

  interface Answer {
    readonly status: number;
    readonly error: unknown;
  }

  /** Not fetch, which makes headers of its own. */
  async function send(
    method: string,
    path: string,
    body = '',
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const { port } = server;
    const outgoing = request({ host: '127.0.0.1', port, method, path, headers });
    outgoing.on('error', () => undefined).end(body);
    const [incoming] = (await once(outgoing, 'response')) as [
      NodeJS.ReadableStream & { statusCode: number },
    ];
    const answer = await text(incoming);
    const error = answer.startsWith('{') ? (JSON.parse(answer) as { error?: unknown }).error : null;
    return { status: incoming.statusCode, error };
  }
  const token = (body: string, headers: Record<string, string> = {}) =>
    send('POST', '/oauth2/token', body, { 'content-type': FORM, ...basic('shop'), ...headers });
  const parameters = (count: number) =>
    Array.from({ length: count }, (_, index) => `&p${index}=1`).join('');
  // Node sends Host, Connection and Content-Length besides these two.
  const moreHeaders = (count: number) =>
    Object.fromEntries(Array.from({ length: count - 5 }, (_, index) => [`x-${index}`, '1']));
  const nested = (depth: number) => `${'{"a":'.repeat(depth - 1)}{}${'}'.repeat(depth - 1)}`;
  const client = (body: string) =>
    send('POST', '/admin/clients', body, { 'content-type': 'application/json', ...administrator });

  it.each<[string, () => Promise<Answer>, number, string]>([
    [
      'a body of more than 64 KiB',
      () => token(`${GRANT}&a=${'x'.repeat(65_536)}`),
      413,
      'invalid_request',
    ],
    [
      'too many parameters',
      () => token(GRANT + parameters(MAX_PARAMETERS - 1)),
      400,
      'invalid_request',
    ],
    [
      'too long a name of a parameter',
      () => token(`${GRANT}&${'x'.repeat(MAX_PARAMETER_NAME_LENGTH + 1)}=1`),
      400,
      'invalid_request',
    ],
    [
      'too long a scope',
      () => token(`grant_type=client_credentials&scope=${'x'.repeat(4097)}`),
      400,
      'invalid_scope',
    ],
    [
      'too many resources',
      () => token(GRANT + Array.from({ length: 17 }, (_, i) => `&resource=urn:${i}`).join('')),
      400,
      'invalid_target',
    ],
    [
      'too long authorization_details',
      () => token(`${GRANT}&authorization_details=${'x'.repeat(4097)}`),
      400,
      'invalid_authorization_details',
    ],
    [
      'too many authorization_details',
      () => token(`${GRANT}&authorization_details=[${Array(17).fill('{"type":"a"}').join()}]`),
      400,
      'invalid_authorization_details',
    ],
    ['too many headers', () => token(GRANT, moreHeaders(MAX_HEADERS + 1)), 431, 'invalid_request'],
    ['too large headers', () => token(GRANT, { x: 'x'.repeat(16_384) }), 431, 'invalid_request'],
    [
      'too large a cookie',
      () => token(GRANT, { cookie: `a=${'x'.repeat(16_384)}` }),
      431,
      'invalid_request',
    ],
    [
      'too long a URL',
      () => send('GET', `/.well-known/jwks.json?${'x'.repeat(MAX_URL_LENGTH)}`),
      414,
      'invalid_request',
    ],
    ['too deep JSON', () => client(nested(MAX_JSON_DEPTH + 1)), 400, 'invalid_request'],
    ['JSON of nothing but depth', () => client(nested(10_000)), 400, 'invalid_request'],
  ])('refuses %s', async (_, ask, status, error) => {
    expect(await ask()).toEqual({ status, error });
  });

  it.each<[string, () => Promise<Answer>]>([
    ['parameters', () => token(GRANT + parameters(MAX_PARAMETERS - 2))],
    ['characters in a name', () => token(`${GRANT}&${'x'.repeat(MAX_PARAMETER_NAME_LENGTH)}=1`)],
    ['bytes of a body', () => token(`${GRANT}&a=${'x'.repeat(65_000)}`)],
    ['headers', () => token(GRANT, moreHeaders(MAX_HEADERS))],
    ['bytes of headers', () => token(GRANT, { x: 'x'.repeat(15_000) })],
    [
      'characters of a URL',
      () => send('GET', `/.well-known/jwks.json?${'x'.repeat(MAX_URL_LENGTH - 23)}`),
    ],
  ])('takes as many %s as are allowed', async (_, ask) => {
    expect((await ask()).status).toBe(200);
  });

  it.each([
    ['headers', 'POST /oauth2/token HTTP/1.1\r\nHost: a\r\nX-Slow: ', HEADERS_TIMEOUT_MS],
    [
      'a body',
      `POST /oauth2/token HTTP/1.1\r\nHost: a\r\nContent-Type: ${FORM}\r\nContent-Length: 1000\r\n\r\n`,
      REQUEST_TIMEOUT_MS,
    ],
  ])(
    'cuts off who sends %s a byte at a time, and serves others meanwhile',
    async (_, head, limitMs) => {
      const startedMs = performance.now();
      const sockets = Array.from({ length: 50 }, () => {
        const socket = connect(server.port, '127.0.0.1').on('error', () => undefined);
        socket.write(head);
        const drip = setInterval(() => socket.write('x'), 250);
        return { ended: text(socket).finally(() => clearInterval(drip)) };
      });
      expect((await token(GRANT)).status).toBe(200);
      for (const { ended } of sockets) expect(await ended).toMatch(/^HTTP\/1.1 408 /);
      const tookMs = performance.now() - startedMs;
      expect(tookMs).toBeLessThan(limitMs + TIMEOUT_CHECK_INTERVAL_MS + SLACK_MS);
    },
  );
});
