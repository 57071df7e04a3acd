import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { bearer, describeResourceServer, HandlerCalls, TestIssuer } from '@keyward/auth/testing';
import request from 'supertest';
import { accessDocument } from './access.document.js';
import { createApplication } from './application.js';

const AUDIENCE = 'https://payments.test';
const FOREIGN_AUDIENCE = 'api://payments';
const ORDER = '00000000-0000-4000-8000-000000000001';
const body = { currency: 'EUR', amount_minor: 2500 };

describe('payments-service', () => {
  const calls = new HandlerCalls();
  let issuer: TestIssuer;
  let bank: TestIssuer;
  let folder: string;
  let app: NestFastifyApplication;

  beforeAll(async () => {
    issuer = await TestIssuer.start({ audience: AUDIENCE });
    bank = await TestIssuer.start({ audience: FOREIGN_AUDIENCE, algorithm: 'RS256' });
    folder = await mkdtemp(join(tmpdir(), 'keyward-payments-'));
    Object.assign(process.env, {
      PAYMENTS_ISSUER: issuer.url,
      PAYMENTS_CLIENT_SECRET: 'any secret will do at this issuer',
      PAYMENTS_AUDIENCE: AUDIENCE,
      PAYMENTS_FOREIGN_ISSUER: bank.url,
      PAYMENTS_FOREIGN_AUDIENCE: FOREIGN_AUDIENCE,
      PAYMENTS_FILE: join(folder, 'payments.jsonl'),
    });
    app = await createApplication(false);
    app.useGlobalInterceptors(calls);
    await app.listen(0, '127.0.0.1');
    // Until the issuer's revocations are known it says so.
    while (!(await http().get('/health')).text.includes('ready')) await sleep(10);
  });
  afterAll(async () => {
    await app.close();
    await Promise.all([issuer.stop(), bank.stop()]);
    await rm(folder, { recursive: true });
  });

  const http = () => request(app.getHttpServer());
  const person = (claims: object) =>
    bearer(
      issuer.token({
        ...{ sub: 'alice', client_id: 'orders-service', grant_id: 'g1' },
        scope: 'payments:read payments:write',
        ...claims,
      }),
    );
  const client = (clientId: string, claims: object = {}) =>
    bearer(issuer.token({ sub: clientId, client_id: clientId, scope: 'payments:read', ...claims }));
  /** A token as the bank writes it. */
  const foreign = (claims: object) => {
    const payload = bank.claims({
      ...{ scope: undefined, client_id: undefined },
      ...{ sub: 'alice', azp: 'app', scp: 'payments:write', ...claims },
    });
    return bearer(bank.forge({ header: bank.header({ typ: 'JWT' }), payload }));
  };
  const pay = (token: ReturnType<typeof person>, content: object = body, order = ORDER) =>
    http().put(`/payments/${order}`).use(token).send(content);

  describeResourceServer(() => app, {
    issuer: () => issuer,
    route: 'GET /payments',
    scopes: ['payments:read'],
    handlerCalls: calls,
    revocations: true,
  });
  describeResourceServer(() => app, {
    issuer: () => issuer,
    route: `PUT /payments/${ORDER}`,
    scopes: ['payments:write'],
    body,
    handlerCalls: calls,
    revocations: true,
  });

  it('pays once for an order, and says so the same way again', async () => {
    const first = await pay(person({})).expect(200);
    expect(first.body).toMatchObject({
      ...body,
      order_id: ORDER,
      payer: 'alice',
      client_id: 'orders-service',
      issuer: issuer.url,
    });
    expect(first.headers['cache-control']).toBe('no-store');
    expect((await pay(person({})).expect(200)).body).toEqual(first.body);
    await pay(person({}), { ...body, amount_minor: 2501 }).expect(409);
  });

  it('knows an order id in any spelling for the same', async () => {
    const order = 'abcdef00-0000-4000-8000-000000000009';
    const { body: lower } = await pay(person({}), body, order).expect(200);
    const { body: upper } = await pay(person({}), body, order.toUpperCase()).expect(200);
    expect(upper).toEqual(lower);
  });

  describe('above the limit', () => {
    const order = '00000000-0000-4000-8000-000000000002';
    const large = { currency: 'EUR', amount_minor: 10_001 };

    it.each([
      ['password', { acr: 'urn:keyward:acr:password' }],
      ['nothing that is known', {}],
    ])('asks for a second factor where the sign-in was by %s', async (_, claims) => {
      const { status, headers } = await pay(person(claims), large, order);
      expect(status).toBe(401);
      expect(headers['www-authenticate']).toContain('error="insufficient_user_authentication"');
      expect(headers['www-authenticate']).toContain(
        'acr_values="urn:keyward:acr:mfa urn:keyward:acr:phr"',
      );
      expect(headers['www-authenticate']).toContain('scope="payments:write"');
    });

    it('asks for none at the limit', async () => {
      const other = '00000000-0000-4000-8000-000000000003';
      await pay(person({}), { ...large, amount_minor: 10_000 }, other).expect(200);
    });

    it('pays by a second factor, and then says so to any token', async () => {
      await pay(person({ acr: 'urn:keyward:acr:mfa' }), large, order).expect(200);
      await pay(person({}), large, order).expect(200);
    });
  });

  it('shows people what they paid, and clients what was paid through them', async () => {
    const order = '00000000-0000-4000-8000-000000000004';
    const { body: payment } = await pay(person({ sub: 'carol' }), body, order).expect(200);
    const ask = async (token: ReturnType<typeof person>, id = order) =>
      (await http().get(`/payments?order_id=${id}`).use(token).expect(200)).body as unknown[];
    expect(await ask(person({ sub: 'carol' }))).toEqual([payment]);
    expect(await ask(client('orders-service'))).toEqual([payment]);
    expect(await ask(person({ sub: 'mallory' }))).toEqual([]);
    expect(await ask(client('other-service'))).toEqual([]);
    // A person whose sign-in the client has is not the client.
    expect(await ask(client('orders-service', { grant_id: 'g1' }))).toEqual([]);
    expect(await ask(client('orders-service'), ORDER.replace('1', '8'))).toEqual([]);
  });

  describe('takes tokens of a second issuer', () => {
    const order = '00000000-0000-4000-8000-000000000005';

    it('by its own claims, algorithm and audience, for people of its own', async () => {
      const { body: payment } = await pay(foreign({}), body, order).expect(200);
      expect(payment).toMatchObject({ issuer: bank.url, payer: 'alice', client_id: 'app' });
      const listed = await http().get(`/payments?order_id=${order}`).use(person({}));
      expect(listed.body).toEqual([]);
    });

    it.each<[string, object]>([
      ['without its scope claim', { scp: undefined, scope: 'payments:write' }],
      ['without its client claim', { azp: undefined }],
      ['that is an ID token', { nonce: 'n' }],
      ['for our audience', { aud: AUDIENCE }],
      ['that says to be of ours', { iss: 'ours' }],
    ])('but none %s', async (_, claims) => {
      const said = 'iss' in claims ? { ...claims, iss: issuer.url } : claims;
      const { status, headers } = await pay(foreign(said), body, order);
      expect(status).toBe(401);
      expect(headers['www-authenticate']).toContain('error="invalid_token"');
    });

    it('and none of ours for its audience', async () => {
      await pay(person({ aud: FOREIGN_AUDIENCE }), body, order).expect(401);
    });

    it('and lets nobody pay much by them, who knows no second factor of ours', async () => {
      const other = '00000000-0000-4000-8000-000000000006';
      const { status } = await pay(foreign({}), { ...body, amount_minor: 99_999 }, other);
      expect(status).toBe(401);
    });
  });

  it.each([
    ['no body', undefined, 400],
    ['an amount below zero', { ...body, amount_minor: -1 }, 400],
    ['half a cent', { ...body, amount_minor: 0.5 }, 400],
    ['an amount in words', { ...body, amount_minor: '2500' }, 400],
    ['a payer of its own choice', { ...body, payer: 'bob' }, 400],
    ['a list', [body], 400],
  ])('refuses %s', async (_, content, status) => {
    const response = await http().put(`/payments/${ORDER}`).use(person({})).send(content);
    expect(response.status).toBe(status);
  });

  it.each([
    ['truncated JSON', '{"currency":', 'application/json', 400],
    ['a body that is too long', JSON.stringify({ x: 'x'.repeat(20_000) }), 'application/json', 413],
    ['a prototype', '{"__proto__":{"amount_minor":1}}', 'application/json', 400],
    ['a form', 'currency=EUR', 'application/x-www-form-urlencoded', 400],
    ['plain text', 'EUR', 'text/plain', 415],
  ])('answers %s without a stack trace', async (_, content, type, status) => {
    const response = await http()
      .put(`/payments/${ORDER}`)
      .use(person({}))
      .set('Content-Type', type)
      .send(content);
    expect(response.status).toBe(status);
    expect(response.text).not.toMatch(/\bat .*:\d+:\d+/);
  });

  it.each(['/payments?order_id=1', '/payments?order_id=%00'])('refuses %s', async (path) => {
    await http().get(path).use(person({})).expect(400);
  });

  it('says what clients need to know of it', async () => {
    const { body: metadata } = await http()
      .get('/.well-known/oauth-protected-resource')
      .expect(200);
    expect(metadata).toMatchObject({
      resource: AUDIENCE,
      authorization_servers: [issuer.url, bank.url],
      scopes_supported: ['payments:read', 'payments:write'],
    });
    const { body: document } = await http().get('/docs-json').expect(200);
    expect(document.paths['/payments/{order_id}'].put.security).toContainEqual({
      [Object.keys(document.components.securitySchemes)[0] ?? '']: ['payments:write'],
    });
  });

  it('asks of its callers what access.md says', async () => {
    const written = await readFile(new URL('../access.md', import.meta.url), 'utf8');
    // Stale? npx nx access @keyward/payments-service
    expect(written).toBe(accessDocument(app));
  });
});
