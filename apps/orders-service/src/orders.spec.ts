import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type NestExpressApplication } from '@nestjs/platform-express';
import { bearer, describeResourceServer, HandlerCalls, TestIssuer } from '@keyward/auth/testing';
import request from 'supertest';
import { accessDocument } from './access.document.js';
import { createApplication } from './application.js';

const AUDIENCE = 'https://orders.test';
const body = { currency: 'EUR', items: [{ sku: 'KEY-1', quantity: 2, unit_price_minor: 250 }] };

describe('orders-service', () => {
  const calls = new HandlerCalls();
  let issuer: TestIssuer;
  let folder: string;
  let app: NestExpressApplication;

  beforeAll(async () => {
    issuer = await TestIssuer.start({ audience: AUDIENCE });
    folder = await mkdtemp(join(tmpdir(), 'keyward-orders-'));
    Object.assign(process.env, {
      ORDERS_ISSUER: issuer.url,
      ORDERS_CLIENT_SECRET: 'any secret will do at this issuer',
      ORDERS_AUDIENCE: AUDIENCE,
      ORDERS_FILE: join(folder, 'orders.json'),
      ORDERS_DEMO_CUSTOMER: 'demo',
    });
    app = await createApplication(false);
    app.useGlobalInterceptors(calls);
    await app.listen(0, '127.0.0.1');
    // Until the issuer's revocations are known it says so.
    while (!(await http().get('/health')).text.includes('ready')) await sleep(10);
  });

  afterAll(async () => {
    await app.close();
    await issuer.stop();
    await rm(folder, { recursive: true });
  });

  const http = () => request(app.getHttpServer());

  const tokenFor = (sub: string, scope: string) =>
    bearer(issuer.token({ sub, client_id: sub, scope }));
  const reader = (subject: string) => tokenFor(subject, 'orders:read');
  const writer = (subject: string) => tokenFor(subject, 'orders:read orders:write');

  async function place(subject: string): Promise<string> {
    const token = writer(subject);
    const { body: order } = await http().post('/orders').use(token).send(body);
    return order.id;
  }

  it('says without a token that it is ready', async () => {
    const response = await http().get('/health').expect(200, { status: 'ready' });
    expect(response.headers).not.toHaveProperty('x-powered-by');
  });

  it('says what clients need to know of it, and where that is in every challenge', async () => {
    const path = '/.well-known/oauth-protected-resource';
    const { body: metadata } = await http().get(path).set('Host', 'evil.example').expect(200);
    expect(metadata).toMatchObject({
      resource: AUDIENCE,
      authorization_servers: [issuer.url],
      scopes_supported: ['orders:read', 'orders:write'],
      bearer_methods_supported: ['header'],
    });
    const { headers } = await http().get('/orders').expect(401);
    expect(headers['www-authenticate']).toMatch(
      new RegExp(`^Bearer resource_metadata="${AUDIENCE}${path}", DPoP algs="ES256 [\\w ]+"$`),
    );
  });

  it('shows the demo customer three sample orders', async () => {
    const response = await http().get('/orders').use(reader('demo'));
    expect(response.status).toBe(200);
    expect(response.body).toHaveLength(3);
    expect(response.headers['cache-control']).toBe('no-store');
  });

  it('places, shows, lists, replaces and removes an order', async () => {
    const token = writer('alice');
    const placed = await http().post('/orders').use(token).send(body).expect(201);
    expect(placed.body).toMatchObject({ ...body, customer: 'alice' });
    const path = `/orders/${placed.body.id}`;
    expect(placed.headers['location']).toBe(path);

    await http().get(path).use(token).expect(200, placed.body);
    await http().get('/orders').use(token).expect(200, [placed.body]);

    const other = { ...body, currency: 'CHF', note: 'by Friday' };
    for (let time = 1; time <= 2; time++) {
      const replaced = await http().put(path).use(token).send(other).expect(200);
      expect(replaced.body).toMatchObject({ ...other, created_at: placed.body.created_at });
    }
    await http().delete(path).use(token).expect(204);
    await http().delete(path).use(token).expect(404);
    await http().get('/orders').use(token).expect(200, []);
  });

  describe('removing all orders', () => {
    const signedIn = (subject: string, acr: string, secondsAgo: number) => {
      const auth_time = Math.floor(Date.now() / 1000) - secondsAgo;
      const claims = { sub: subject, client_id: subject, scope: 'orders:read orders:write' };
      return bearer(issuer.token({ ...claims, acr, auth_time }));
    };

    it.each(['urn:keyward:acr:mfa', 'urn:keyward:acr:phr'])(
      'takes a recent sign-in that is %s',
      async (acr) => {
        const mine = await place('clara');
        const foreign = await place('bob');
        await http()
          .delete('/orders')
          .use(signedIn('clara', acr, 10))
          .expect(204);
        await http().get(`/orders/${mine}`).use(reader('clara')).expect(404);
        await http().get(`/orders/${foreign}`).use(reader('bob')).expect(200);
      },
    );

    it.each([
      ['by password', 'urn:keyward:acr:password', 10],
      ['too long ago', 'urn:keyward:acr:mfa', 301],
    ])('says for a sign-in %s what to ask for, and removes nothing', async (_, acr, secondsAgo) => {
      const id = await place('dora');
      const refused = await http()
        .delete('/orders')
        .use(signedIn('dora', acr, secondsAgo));
      expect(refused.status).toBe(401);
      const challenge = refused.headers['www-authenticate'];
      expect(challenge).toContain('error="insufficient_user_authentication"');
      expect(challenge).toContain('acr_values="urn:keyward:acr:mfa urn:keyward:acr:phr"');
      expect(challenge).toContain('max_age="300"');
      await http().get(`/orders/${id}`).use(reader('dora')).expect(200);
    });
  });

  describeResourceServer(() => app, {
    issuer: () => issuer,
    route: 'GET /orders',
    scopes: ['orders:read'],
    handlerCalls: calls,
    revocations: true,
  });

  describeResourceServer(() => app, {
    issuer: () => issuer,
    route: 'POST /orders',
    scopes: ['orders:write'],
    body,
    handlerCalls: calls,
    revocations: true,
  });

  it.each([
    ['GET', '/orders'],
    ['GET', '/orders/1'],
    ['POST', '/orders'],
    ['PUT', '/orders/1'],
    ['DELETE', '/orders/1'],
  ])('answers %s %s without a token with a bare challenge', async (method, path) => {
    const response = await request(app.getHttpServer())[verb(method)](path);
    expect(response.status).toBe(401);
    expect(response.headers['www-authenticate']).toMatch(/^Bearer/);
    expect(response.headers['www-authenticate']).not.toContain('error=');
  });

  it.each([
    ['POST', '/orders', 'orders:read', 'orders:write'],
    ['PUT', '/orders/1', 'orders:read', 'orders:write'],
    ['DELETE', '/orders/1', 'orders:read', 'orders:write'],
    ['GET', '/orders', 'orders:write', 'orders:read'],
    ['GET', '/orders/1', 'orders:write', 'orders:read'],
  ])('answers %s %s with %s alone by naming %s', async (method, path, held, missing) => {
    const response = await request(app.getHttpServer())
      [verb(method)](path)
      .use(tokenFor('alice', held));
    expect(response.status).toBe(403);
    expect(response.headers['www-authenticate']).toContain('error="insufficient_scope"');
    expect(response.headers['www-authenticate']).toContain(`scope="${missing}"`);
  });

  it.each(['GET', 'PUT', 'DELETE'])(
    "answers %s of another customer's order like one that does not exist",
    async (method) => {
      const id = await place('alice');
      const ask = async (path: string) => {
        const { status, body: answer } = await request(app.getHttpServer())
          [verb(method)](path)
          .use(writer('mallory'))
          .send(method === 'PUT' ? body : undefined);
        return { status, answer };
      };
      const foreign = await ask(`/orders/${id}`);
      expect(foreign.status).toBe(404);
      expect(foreign).toEqual(await ask('/orders/00000000-0000-4000-8000-000000000000'));
      await http().get(`/orders/${id}`).use(reader('alice')).expect(200);
    },
  );

  it.each([
    ['no body', undefined],
    ['no items', { ...body, items: [] }],
    ['a quantity of zero', { ...body, items: [{ ...body.items[0], quantity: 0 }] }],
    ['a price with a fraction', { ...body, items: [{ ...body.items[0], unit_price_minor: 0.5 }] }],
    ['an unknown currency format', { ...body, currency: 'euro' }],
    ['a customer of its own choice', { ...body, customer: 'bob' }],
    ['a list in the place of an order', [body]],
  ])('refuses %s with 400 and the problems', async (_name, content) => {
    const response = await http().post('/orders').use(writer('alice')).send(content);
    expect(response.status).toBe(400);
    expect(response.body.message.length).toBeGreaterThan(0);
  });

  it('keeps its answer to a body with thousands of problems short', async () => {
    const response = await http()
      .post('/orders')
      .use(writer('alice'))
      .send({ currency: 'EUR', items: Array.from({ length: 20_000 }, () => 0) });
    expect(response.status).toBe(400);
    expect(response.text.length).toBeLessThan(10_000);
  });

  it.each([
    ['truncated JSON', '{"currency":', 'application/json', 400],
    ['a body over 64 KiB', JSON.stringify({ note: 'x'.repeat(65_536) }), 'application/json', 413],
    ['another content type', 'currency=EUR', 'application/x-www-form-urlencoded', 400],
    ['an unknown charset', '{}', 'application/json; charset=klingon', 415],
  ])('answers %s with %s, and no stack trace', async (_name, content, type, status) => {
    const response = await http()
      .post('/orders')
      .use(writer('alice'))
      .set('Content-Type', type)
      .send(content);
    expect(response.status).toBe(status);
    expect(response.text).not.toMatch(/\bat .*:\d+:\d+/);
  });

  it('answers a malformed path with 400', async () => {
    await http().get('/orders/%ff').use(reader('alice')).expect(400);
  });

  it('asks of its callers what access.md says', async () => {
    const written = await readFile(new URL('../access.md', import.meta.url), 'utf8');
    // Stale? npx nx access @keyward/orders-service
    expect(written).toBe(accessDocument(app));
  });

  describe('documentation', () => {
    it('is a page that no other site may frame', async () => {
      const response = await http().get('/docs').expect(200).expect('Content-Type', /html/);
      expect(response.headers['content-security-policy']).toContain("frame-ancestors 'none'");
    });

    it('shows on every operation the scopes that its handler asks for', async () => {
      const { body: document } = await http().get('/docs-json').expect(200);
      const { paths } = document;
      expect(paths['/orders'].get.security).toEqual([{ oauth2: ['orders:read'] }]);
      expect(paths['/orders'].post.security).toEqual([{ oauth2: ['orders:write'] }]);
      expect(paths['/orders/{id}'].get.security).toEqual([{ oauth2: ['orders:read'] }]);
      expect(paths['/orders/{id}'].put.security).toEqual([{ oauth2: ['orders:write'] }]);
      expect(paths['/orders/{id}'].delete.security).toEqual([{ oauth2: ['orders:write'] }]);
      expect(paths['/orders'].post.summary).toBe('scope orders:write');
      expect(paths['/health'].get.security).toEqual([]);
    });

    it("asks the issuer's token endpoint for exactly those scopes", async () => {
      const { body: document } = await http().get('/docs-json').expect(200);
      expect(document.components.securitySchemes.oauth2.flows).toEqual({
        clientCredentials: {
          tokenUrl: `${issuer.url}/oauth2/token`,
          scopes: {
            'orders:read': 'See your orders',
            'orders:write': 'Place, change and remove your orders',
          },
        },
      });
    });

    it('describes the body of an order', async () => {
      const { body: document } = await http().get('/docs-json').expect(200);
      const { content } = document.paths['/orders'].post.requestBody;
      expect(content['application/json'].schema.required).toEqual(['currency', 'items']);
    });
  });
});

function verb(method: string): 'get' | 'post' | 'put' | 'delete' {
  return method.toLowerCase() as 'get' | 'post' | 'put' | 'delete';
}
