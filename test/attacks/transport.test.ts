/** Attempts to walk around the guard: other spellings of a path, other methods, heads out of bounds. */
import { sendRaw, type Answer } from '../support/resource-server-client.js';
import { TestClock } from '../support/resource-server-clock.js';
import {
  expectNowhere,
  expectRefused,
  expectTokenAccepted,
} from '../support/resource-server-refusal.js';
import { PLATFORMS, ResourceServer, type Platform } from '../support/resource-server.js';
import { createSigningKey, TokenForge } from '../support/token-forge.js';

const ISSUER = 'https://as.example';
const AUDIENCE = 'https://orders.example';
const clock = new TestClock();
const forge = new TokenForge(ISSUER, AUDIENCE, createSigningKey('ES256', 'ec-1'), clock);
const token = forge.forge();
const authorization = `Authorization: Bearer ${token}`;

/** Request targets that reach the list of orders, and where. */
const LIST_TARGETS: readonly [string, readonly Platform[]][] = [
  ['/orders', PLATFORMS],
  ['/orders?', PLATFORMS],
  ['/orders?page=/public', PLATFORMS],
  ['/orders#/public', PLATFORMS],
  ['http://127.0.0.1/orders', PLATFORMS],
  ['HTTP://127.0.0.1/orders', PLATFORMS],
  ['http://elsewhere.example/orders', PLATFORMS],
  ['https://127.0.0.1:1/orders?page=1', PLATFORMS],
  ['/orders/', ['express']],
  ['/ORDERS', ['express']],
  ['http:///orders', ['express']],
  ['/%6frders', ['fastify']],
  ['/order%73', ['fastify']],
  ['http://alice@127.0.0.1/%6Frders', ['fastify']],
];

/** Request targets that reach one order on both platforms. */
const ORDER_TARGETS = [
  '/orders/1',
  '/orders/%31',
  '/orders/%2e%2e',
  '/orders/..%2fpublic',
  '/orders/%252e',
  '/orders/1;public',
  'http://127.0.0.1/orders/%31',
];

/** Request targets that a careless proxy or router might take for the list; here none reaches it. */
const OTHER_TARGETS = [
  '//orders',
  '///orders',
  '/./orders',
  '/x/../orders',
  '/public/../orders',
  '/public%2f..%2forders',
  '/orders%2f',
  '/orders%20',
  '/orders%00',
  '/orders%0d%0a',
  '/orders;public',
  '/orders.json',
  '/%2forders',
  '/%252forders',
  '/%5corders',
  '/\\orders',
  '/orders\\',
  '/%ff',
  '/%',
  'http://127.0.0.1//orders',
  'orders',
  '\\orders',
  '*',
];

describe.each(PLATFORMS)('a request that tries to walk around the guard, on %s', (platform) => {
  let server: ResourceServer;

  beforeAll(async () => {
    server = await ResourceServer.start(platform, {
      trusts: [{ issuer: ISSUER, audience: AUDIENCE, jwks: { keys: [forge.key.jwk] } }],
      clock: clock.nowMs,
    });
  });

  afterAll(() => server.stop());

  const send = (method: string, path: string, ...lines: string[]): Promise<Answer> => {
    server.forget();
    return sendRaw(server.port, [`${method} ${path} HTTP/1.1`, 'Host: 127.0.0.1', ...lines]);
  };

  const guarded = [
    ...LIST_TARGETS.filter(([, platforms]) => platforms.includes(platform)).map(
      ([path]) => [path, 'OrdersController.list'] as const,
    ),
    ...ORDER_TARGETS.map((path) => [path, 'OrdersController.read'] as const),
  ];

  it.each(guarded)('reaches %s with a token, and never without', async (path, handler) => {
    for (const method of ['GET', 'HEAD']) {
      const withoutBody = method === 'HEAD';
      expect((await send(method, path, authorization)).status).toBe(200);
      expect(server.reached).toEqual([handler]);
      const refused = await send(method, path);
      expectRefused(server, refused, {
        stage: 'extraction',
        reason: 'no_token',
        handler,
        withoutBody,
      });
      const forged = forge.forge({ signer: () => Buffer.alloc(64) });
      expectRefused(server, await send(method, path, `Authorization: Bearer ${forged}`), {
        stage: 'signature',
        reason: 'signature_mismatch',
        token: forged,
        handler,
        withoutBody,
      });
    }
  });

  it.each(OTHER_TARGETS)('reaches nothing by %s, with a token or without', async (path) => {
    for (const lines of [[], [authorization]]) {
      const answer = await send('GET', path, ...lines);
      expect([400, 404]).toContain(answer.status);
      expect(server.reached).toEqual([]);
      expectNowhere(server, answer, [token]);
    }
  });

  it.each(['/public/..%2forders', '/public/%2e%2e', '/public/orders'])(
    'takes %s for a public page by that name, and for nothing else',
    async (path) => {
      expect((await send('GET', path)).status).toBe(200);
      expect(server.reached).toEqual(['OrdersController.page']);
    },
  );

  it.each([
    ['X-HTTP-Method-Override: OPTIONS'],
    ['X-Method-Override: HEAD'],
    ['X-Original-URL: /public'],
    ['X-Rewrite-URL: /public'],
    ['X-Forwarded-Prefix: /public'],
    ['X-Forwarded-For: 127.0.0.1'],
    ['X-Forwarded-User: admin'],
    ['X-Middleware-Subrequest: middleware'],
    ['Referer: http://127.0.0.1/public'],
    ['Origin: null'],
    ['Upgrade: websocket'],
    ['Range: bytes=0-0'],
    ['If-None-Match: *'],
  ])('is not let in by the header %s', async (line) => {
    const answer = await send('GET', '/orders', line);
    expectRefused(server, answer, { stage: 'extraction', reason: 'no_token' });
  });

  it.each(['OPTIONS', 'TRACE', 'PUT', 'PATCH', 'DELETE', 'PROPFIND', 'QUERY'])(
    'reaches no handler by the method %s',
    async (method) => {
      const answer = await send(method, '/orders');
      expect(answer.status).toBeGreaterThanOrEqual(200);
      expect(server.reached).toEqual([]);
      expect(answer.body).not.toContain('alice');
    },
  );

  it('is challenged before its body is looked at by the handler, whatever the body', async () => {
    const headers = { 'content-type': 'application/json' };
    const answer = await server.send('/orders', { method: 'POST', headers, body: '{"a":1}' });
    const handler = 'OrdersController.create';
    expectRefused(server, answer, { stage: 'extraction', reason: 'no_token', handler });
  });

  it.each([
    ['20 KiB in Authorization', [`Authorization: Bearer ${'x'.repeat(20 * 1024)}`]],
    ['a good token and 20 KiB behind', [authorization, `X-Filler: ${'x'.repeat(20 * 1024)}`]],
    ['64 KiB in Authorization', [`Authorization: Bearer ${'x'.repeat(64 * 1024)}`]],
    [
      '64 KiB in many headers',
      Array.from({ length: 640 }, (_, at) => `X-${at}: ${'y'.repeat(96)}`),
    ],
  ])('gets a clean 431 from the platform for %s', async (_name, lines) => {
    const answer = await send('GET', '/orders', ...lines);
    expect(answer.status).toBe(431);
    expect(answer.body).not.toMatch(/at .*:\d+|node_modules|Error:|xxxx|yyyy/);
    expect(server.refusals).toEqual([]);
    expect(server.reached).toEqual([]);
    expectNowhere(server, answer, [token]);
    // The server goes on serving the others.
    await expectTokenAccepted(server, token);
  });

  it('gets a clean 431 for a request line that is too long', async () => {
    const answer = await send('GET', `/orders?q=${'x'.repeat(64 * 1024)}`, authorization);
    expect(answer.status).toBe(431);
    expect(server.reached).toEqual([]);
    await expectTokenAccepted(server, token);
  });
});
