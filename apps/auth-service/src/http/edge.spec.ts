import { type IncomingHttpHeaders, request } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { type FastifyInstance } from 'fastify';
import { PasswordResetController } from '../password-reset/password-reset.controller.js';
import { deviceDocument } from '../testing/device.fixture.js';
import { SmtpSink } from '../testing/smtp.sink.js';
import { ISSUER, TestApplication } from '../testing/test-application.js';
import { TestBrowser } from '../testing/test-browser.js';
import { isPageRoute } from './page-routes.js';

const EVIL = 'evil.example';
const SPOOFED = {
  host: EVIL,
  forwarded: `for=203.0.113.9;host=${EVIL};proto=http`,
  'x-forwarded-host': EVIL,
  'x-forwarded-proto': 'http',
  'x-forwarded-port': '666',
  'x-forwarded-prefix': `//${EVIL}`,
  'x-original-url': `//${EVIL}/`,
  'x-rewrite-url': `//${EVIL}/`,
};

/** Kept by browsers: it names nobody, and there is nothing in it that a cache should not show. */
const CACHED = /^\/(\.well-known\/|assets\/)/;

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

describe.each([
  ['without trusted proxies', ''],
  ['behind a trusted proxy', '127.0.0.0/8'],
])('the edge, %s', (_, proxies) => {
  let server: TestApplication;
  let sink: SmtpSink;
  const routes: { method: string; url: string }[] = [];
  beforeAll(async () => {
    sink = await SmtpSink.start();
    server = await TestApplication.start({
      bootstrap: deviceDocument(),
      environment: { ...sink.environment, AUTH_TRUSTED_PROXIES: proxies },
      prepare: (app) => {
        const fastify = app.getHttpAdapter().getInstance() as FastifyInstance;
        fastify.addHook('onRoute', ({ method, url }) => {
          for (const each of [method].flat()) routes.push({ method: each, url });
        });
      },
    });
  });
  afterAll(async () => {
    await server.stop();
    await sink.stop();
  });

  /** As whoever writes every header by hand. */
  function send(
    method: string,
    path: string,
    headers: Record<string, string> = {},
    form?: Record<string, string>,
  ): Promise<Answer> {
    const type = form && { 'content-type': 'application/x-www-form-urlencoded' };
    const sent = request(server.url(path), {
      method,
      headers: { ...SPOOFED, ...type, ...headers },
    });
    sent.end(form && new URLSearchParams(form).toString());
    return new Promise<Answer>((resolve, reject) => {
      sent.on('error', reject);
      sent.on('response', (response) => {
        const { statusCode: status = 0, headers: received } = response;
        text(response).then((body) => resolve({ status, headers: received, body }), reject);
      });
    });
  }

  const concrete = (url: string) => url.replaceAll(/:\w+|\*/g, 'x');

  function problemsOf(path: string, { status, headers, body }: Answer): string[] {
    const policy = String(headers['content-security-policy']);
    const expectations: [string, boolean][] = [
      ['a policy', policy.startsWith("default-src 'none'")],
      ['no frames', policy.includes("frame-ancestors 'none'")],
      ['nosniff', headers['x-content-type-options'] === 'nosniff'],
      ['a referrer policy', /^(no-referrer|same-origin)$/.test(String(headers['referrer-policy']))],
      ['CORP', headers['cross-origin-resource-policy'] === 'same-origin'],
      ['HSTS', headers['strict-transport-security'] === 'max-age=31536000'],
      ['no-store', headers['cache-control'] === 'no-store' || (CACHED.test(path) && status < 300)],
      [
        'COOP',
        !/^text\/html/.test(String(headers['content-type'])) ||
          headers['cross-origin-opener-policy'] === 'same-origin',
      ],
      ['no name of the server', !('server' in headers) && !('x-powered-by' in headers)],
      ['no CORS', !('access-control-allow-origin' in headers)],
      ['nothing of Host', !(JSON.stringify(headers) + body).includes(EVIL)],
      ['no error of its own', status < 500],
    ];
    return expectations.filter(([, holds]) => !holds).map(([name]) => name);
  }

  it('tells browsers what they must not do in every answer of every route', async () => {
    expect(routes.length).toBeGreaterThan(60);
    const found: unknown[] = [];
    for (const { method, url } of routes) {
      const path = concrete(url);
      const answer = await send(method, path, { origin: `https://${EVIL}` });
      // HEAD has the headers of GET and no body: nothing else is new.
      const problems = problemsOf(path, answer);
      if (problems.length > 0) found.push([method, path, answer.status, problems]);
    }
    expect(found).toEqual([]);
  });

  it.each([
    ['what is not there', 'GET', '/nothing'],
    ['a method that a route does not take', 'PUT', '/oauth2/token'],
    ['OPTIONS', 'OPTIONS', '/oauth2/authorize'],
    ['TRACE', 'TRACE', '/oauth2/token'],
    ['a malformed URL', 'GET', '/%zz'],
    ['a path that begins with two slashes', 'GET', `//${EVIL}/..`],
    ['a page that is not there', 'GET', '/interaction/x/sign-in'],
  ])('tells them so for %s', async (__, method, path) => {
    const answer = await send(method, path);
    expect([answer.status >= 400, problemsOf(path, answer)]).toEqual([true, []]);
    // TRACE would show a page the cookies that it must not read.
    expect(answer.body).not.toContain('x-original-url');
  });

  it.each(['/.well-known/oauth-authorization-server', '/.well-known/openid-configuration'])(
    'names itself as it is configured at %s',
    async (path) => {
      const { body } = await send('GET', path);
      const urls = body.match(/"https?:\/\/[^"]+"/g) ?? [];
      expect(urls.length).toBeGreaterThan(8);
      for (const url of urls) expect(url).toMatch(new RegExp(`^"${ISSUER}(/|")`));
    },
  );

  it('sends devices and browsers to itself alone', async () => {
    const device = await send('POST', '/oauth2/device_authorization', {}, { client_id: 'tv' });
    const { verification_uri } = JSON.parse(device.body) as { verification_uri: string };
    expect(verification_uri).toBe(`${ISSUER}/device`);
    for (const path of ['/device', '/account', '/account/places']) {
      const { status, headers } = await send('GET', path);
      expect([status, headers['location']]).toEqual([
        303,
        expect.stringMatching(/^\/interaction\//),
      ]);
    }
  });

  it('writes its own address into mails', async () => {
    const browser = new TestBrowser(server);
    const page = await browser.get('/password/forgot');
    await browser.submit(page, { username: 'alice' }, { 'x-forwarded-host': EVIL });
    const mail = JSON.stringify(await sink.mail(0));
    expect(mail).toContain(`${ISSUER}/password/reset?token`);
    expect(mail).not.toContain(EVIL);
  });

  it.each(['//evil.example', 'https://evil.example', '/\\evil.example', 'javascript:alert(1)'])(
    'leads nobody to %s',
    async (target) => {
      const query = new URLSearchParams(
        [
          'redirect_uri',
          'post_logout_redirect_uri',
          'return_to',
          'next',
          'ownPage',
          'user_code',
        ].map((name): [string, string] => [name, target]),
      ).toString();
      for (const path of [
        '/oauth2/authorize',
        '/oauth2/logout',
        '/device',
        '/account',
        '/password/reset',
      ]) {
        const { headers } = await send('GET', `${path}?${query}&client_id=web&response_type=code`);
        expect(headers['location'] ?? '/').toMatch(/^\/(?![/\\])/);
        expect(headers['location'] ?? '').not.toContain('evil.example');
      }
    },
  );

  it.each([
    ['two lengths', 'Content-Length: 2\r\nContent-Length: 3\r\n\r\nab'],
    ['a length and chunks', 'Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['chunks by another name', 'Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n'],
    ['a length that is none', 'Content-Length: +2\r\n\r\nab'],
    ['a header that goes on in the next line', 'X-A: b\r\n c: d\r\nContent-Length : 2\r\n\r\nab'],
    ['no Host', null],
  ])('takes no request with %s, and nothing after it', async (__, rest) => {
    const head = 'POST /oauth2/token HTTP/1.1\r\n';
    const smuggled = 'GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n';
    const sent =
      rest === null
        ? `${head}Content-Length: 0\r\n\r\n${smuggled}`
        : `${head}Host: a\r\n${rest}${smuggled}`;
    const socket = connect(server.port, '127.0.0.1');
    socket.write(sent);
    const answers = await text(socket);
    const statuses = [...answers.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status);
    expect(statuses.length).toBeGreaterThan(0);
    expect(['400', '501']).toEqual(expect.arrayContaining(statuses));
  });

  it('answers at a page route by a page, wherever it came from', async () => {
    expect(isPageRoute('/device/x')).toBe(true);
    const { headers } = await send('GET', '/password/reset');
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
  });
});

describe('pages that need mail, where there is none', () => {
  it('are not there, whatever their routes take', async () => {
    const server = await TestApplication.start({
      prepare: (app) => {
        // What production is without a mail server.
        const controller = app.get(PasswordResetController, { strict: false });
        Object.assign(controller, { mailer: null });
      },
    });
    for (const method of ['GET', 'HEAD', 'POST']) {
      const response = await fetch(server.url('/password/forgot'), { method });
      expect([response.status, response.headers.get('allow')]).toEqual([404, null]);
    }
    const response = await fetch(server.url('/password/forgot'), { method: 'PUT' });
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, POST']);
    await server.stop();
  });
});
