/** Attacks on a token that a browser keeps in a cookie, and sends whoever makes it (RFC 6750 section 5.3). */
import { type IncomingMessage } from 'node:http';
import { Controller, Delete, type INestApplication, Patch, Post, Put } from '@nestjs/common';
import { AccessTokenCookies, Authenticated, type RefusalReason } from '@keyward/auth';
import { DpopKey } from '@keyward/auth-service/testing';
import { type Answer, sendRaw } from '../support/resource-server-client.js';
import { OrdersController } from '../support/resource-server-controllers.js';
import { TestClock } from '../support/resource-server-clock.js';
import { expectNowhere, expectRefused } from '../support/resource-server-refusal.js';
import { PLATFORMS, ResourceServer } from '../support/resource-server.js';
import { createSigningKey, TokenForge } from '../support/token-forge.js';

const ISSUER = 'https://as.example';
const AUDIENCE = 'https://orders.example';
const SHOP = 'https://shop.example';
const EVIL = 'https://evil.example';
const SIBLING = 'https://blog.shop.example';

const clock = new TestClock();
const forge = new TokenForge(ISSUER, AUDIENCE, createSigningKey('ES256', 'ec-1'), clock);
const token = forge.forge();
const mallory = forge.forge({ payload: forge.claims({ sub: 'mallory' }) });
const bound = forge.forge({ payload: forge.claims({ cnf: { jkt: 'A'.repeat(43) } }) });

const cookie = {
  name: '__Host-at',
  csrf: { allowedOrigins: [SHOP], token: { keys: [Buffer.alloc(32, 7)] } },
} as const;
const csrfOf = (of: string): string =>
  /^__Host-csrf=([^;]+)/.exec(new AccessTokenCookies(cookie).issue(of)[1] ?? '')?.[1] ?? '';
const pairOf = (of: string, csrf = csrfOf(of)): string => `__Host-at=${of}; __Host-csrf=${csrf}`;

type Headers = Record<string, string | undefined>;
/** What a page of the shop sends, until an attack changes it. */
const good: Headers = {
  cookie: pairOf(token),
  origin: SHOP,
  'sec-fetch-site': 'same-site',
  'x-csrf-token': csrfOf(token),
  'content-type': 'application/json',
};

@Controller('cart')
@Authenticated()
class CartController {
  @Post() add(): object {
    return {};
  }

  @Put() replace(): object {
    return {};
  }

  @Patch() change(): object {
    return {};
  }

  @Delete() empty(): object {
    return {};
  }
}

describe.each(PLATFORMS)('a token in a cookie, on %s', (platform) => {
  let server: ResourceServer;

  beforeAll(async () => {
    server = await ResourceServer.start(platform, {
      trusts: [{ issuer: ISSUER, audience: AUDIENCE, jwks: { keys: [forge.key.jwk] } }],
      clock: clock.nowMs,
      cookie,
      controllers: [OrdersController, CartController],
      configure: overrideMethods,
    });
  });

  afterAll(() => server.stop());

  const post = (change: Headers = {}, body = '{"item":1}', path = '/orders'): Promise<Answer> =>
    server.send(path, { method: 'POST', headers: { ...good, ...change }, body });
  const get = (headers: Headers, path = '/orders'): Promise<Answer> =>
    server.send(path, { headers });

  /** 403 that says nothing; the operator alone learns why. */
  function expectForged(answer: Answer, reason: RefusalReason): void {
    expect(server.refusals).toEqual([
      expect.objectContaining({ stage: 'extraction', reason, status: 403 }),
    ]);
    expect(answer.status).toBe(403);
    expect(JSON.parse(answer.body)).toEqual({ statusCode: 403, message: 'Forbidden' });
    expect(answer.headers['www-authenticate']).toBeUndefined();
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(server.reached).toEqual([]);
    expectNowhere(server, answer, [token, mallory]);
    expect(JSON.stringify([server.refusals, server.logged])).not.toContain(csrfOf(token));
  }

  describe('of the application’s own pages', () => {
    it('is taken, and handlers are told who it is', async () => {
      expect((await post()).status).toBe(201);
      const { body } = await get({ cookie: pairOf(token) }, '/me');
      expect(JSON.parse(body)).toMatchObject({ principal: 'alice', token });
    });

    it('is taken where the browser says no more than that the page is of this origin', async () => {
      const answer = await post({ origin: undefined, 'sec-fetch-site': 'same-origin' });
      expect(answer.status).toBe(201);
    });

    it.each<[string, Headers]>([
      ['by a bookmark', { 'sec-fetch-site': 'none', 'sec-fetch-mode': 'navigate' }],
      ['by a page of this origin', { 'sec-fetch-site': 'same-origin' }],
      ['by an allowed page', { origin: SHOP, 'sec-fetch-site': 'same-site' }],
      ['by a browser that knows nothing of Sec-Fetch-Site', {}],
    ])('is taken for a GET %s', async (_name, headers) => {
      expect((await get({ cookie: pairOf(token), ...headers })).status).toBe(200);
    });

    it('is not wanted where a token comes in the header', async () => {
      expect((await server.get('/orders', token)).status).toBe(200);
      const headers = { authorization: `Bearer ${token}`, cookie: 'theme=dark' };
      const answer = await server.send('/orders', { method: 'POST', headers, body: '' });
      expect(answer.status).toBe(201);
    });
  });

  const forged: readonly [string, Headers, RefusalReason][] = [
    ['a form of another site', { origin: EVIL, 'sec-fetch-site': 'cross-site' }, 'csrf_origin'],
    ['a page of a sibling domain', { origin: SIBLING }, 'csrf_origin'],
    ['a page that says same-origin and another origin', sameOrigin(EVIL), 'csrf_origin'],
    ['the Host of the request as origin', { origin: 'http://127.0.0.1' }, 'csrf_origin'],
    ['no Origin', { origin: undefined, 'sec-fetch-site': undefined }, 'csrf_origin_missing'],
    ['no Origin, but a Referer', withReferer(), 'csrf_origin_missing'],
    ['no Origin, same-site', { origin: undefined }, 'csrf_origin_missing'],
    ['the origin null of a sandboxed frame', { origin: 'null' }, 'csrf_origin'],
    ['an empty origin', { origin: '' }, 'csrf_origin'],
    ['an origin with a slash', { origin: `${SHOP}/` }, 'csrf_origin'],
    ['an origin that begins alike', { origin: `${SHOP}.evil.example` }, 'csrf_origin'],
    ['an origin in capitals', { origin: SHOP.toUpperCase() }, 'csrf_origin'],
    ['the allowed origin over http', { origin: 'http://shop.example' }, 'csrf_origin'],
    ['two origins', { origin: `${SHOP} ${EVIL}` }, 'csrf_origin'],
    ['no CSRF header', { 'x-csrf-token': undefined }, 'csrf_token_missing'],
    ['no CSRF cookie', { cookie: `__Host-at=${token}` }, 'csrf_token_missing'],
    ['another CSRF header', { 'x-csrf-token': csrfOf(mallory) }, 'csrf_token'],
    ['an empty CSRF header', { 'x-csrf-token': '' }, 'csrf_token'],
    ['a planted pair of texts', planted('x'.repeat(43)), 'csrf_token'],
    ['a planted pair that is empty', planted(''), 'csrf_token'],
    ['the pair of another token', planted(csrfOf(mallory)), 'csrf_token'],
    ['the pair of another key', planted(otherKey()), 'csrf_token'],
    ['a second CSRF cookie', { cookie: `${good['cookie']}; __Host-csrf=x` }, 'csrf_token'],
    ['the access token as CSRF token', planted(token), 'csrf_token'],
  ];

  it.each(forged)('is worth nothing with a POST by %s', async (_name, change, reason) => {
    expectForged(await post(change), reason);
  });

  it.each(['POST', 'PUT', 'PATCH', 'DELETE'])('wants the CSRF token for %s', async (method) => {
    const headers: Headers = { ...good, 'content-type': undefined };
    expect((await server.send('/cart', { method, headers })).status).toBeLessThan(300);
    const forgery = { ...headers, 'x-csrf-token': undefined };
    expectForged(await server.send('/cart', { method, headers: forgery }), 'csrf_token_missing');
  });

  it.each([
    ['text/plain, as a form sends JSON', 'text/plain', '{"item":1,"x":"="}'],
    ['a form', 'application/x-www-form-urlencoded', 'item=1'],
    ['a form with the CSRF token in it', 'application/x-www-form-urlencoded', `x-csrf-token=1`],
    ['JSON behind a second type', 'text/plain, application/json', '{"item":1}'],
    ['no type', undefined, '{"item":1}'],
  ])('is worth nothing with a body of another site: %s', async (_name, type, body) => {
    const change = { origin: EVIL, 'content-type': type, 'x-csrf-token': undefined };
    const answer = await post(change, body);
    // A platform may refuse the type before anybody asks for a token.
    if (answer.status === 415) expect(server.reached).toEqual([]);
    else expectForged(answer, 'csrf_origin');
  });

  it.each(['X-HTTP-Method-Override', 'X-HTTP-Method', 'X-Method-Override'])(
    'is worth nothing where %s makes a GET of a POST',
    async (name) => {
      expectForged(await post({ origin: EVIL, [name]: 'GET' }), 'csrf_origin');
      const headers = { cookie: pairOf(token), [name]: 'POST' };
      expectForged(await get(headers), 'csrf_origin_missing');
    },
  );

  it('is worth nothing where a member of the query makes a GET of a POST', async () => {
    const answer = await post({ origin: EVIL }, '', '/orders?_method=GET');
    expectForged(answer, 'csrf_origin');
  });

  it.each<[string, Headers, RefusalReason]>([
    ['an image or a script of another site', { 'sec-fetch-site': 'cross-site' }, 'csrf_site'],
    [
      'a link of another site',
      { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' },
      'csrf_site',
    ],
    ['a page of a sibling domain', { 'sec-fetch-site': 'same-site' }, 'csrf_site'],
    ['a value that no browser sends', { 'sec-fetch-site': 'same-origin, none' }, 'csrf_site'],
    ['a script with CORS', { origin: EVIL, 'sec-fetch-site': 'cross-site' }, 'csrf_origin'],
    ['a sandboxed frame', { origin: 'null', 'sec-fetch-site': 'cross-site' }, 'csrf_origin'],
  ])('is worth nothing with a GET by %s', async (_name, headers, reason) => {
    expectForged(await get({ cookie: pairOf(token), ...headers }), reason);
    const head = { method: 'HEAD', headers: { cookie: pairOf(token), ...headers } };
    expect((await server.send('/orders', head)).status).toBe(403);
  });

  it.each([
    ['Origin', [`Origin: ${SHOP}`, `Origin: ${EVIL}`]],
    ['Origin, the allowed one behind', [`Origin: ${EVIL}`, `Origin: ${SHOP}`]],
  ])('is worth nothing with two headers %s', async (_name, lines) => {
    server.forget();
    const head = ['GET /orders HTTP/1.1', 'Host: 127.0.0.1', `Cookie: ${pairOf(token)}`, ...lines];
    expectForged(await sendRaw(server.port, head), 'csrf_origin');
  });

  describe('of which there are two', () => {
    it.each<[string, Headers]>([
      ['a cookie and a header', { authorization: `Bearer ${mallory}` }],
      ['a cookie and the same one in the header', { authorization: `Bearer ${token}` }],
      ['a cookie and a header of the scheme DPoP', { authorization: `DPoP ${mallory}` }],
      ['a cookie and a password', { authorization: 'Basic YWxpY2U6c2VjcmV0' }],
      ['a cookie and an empty header', { authorization: '' }],
      ['two cookies of one name', { cookie: `${pairOf(mallory)}; ${pairOf(token)}` }],
      ['the same cookie twice', { cookie: `__Host-at=${token}; __Host-at=${token}` }],
      ['a cookie and an empty one', { cookie: `__Host-at=; __Host-at=${token}` }],
    ])('refuses %s', async (_name, change) => {
      const answer = await get({ cookie: pairOf(token), ...change });
      const reason = 'more_than_one_token';
      expectRefused(server, answer, { stage: 'extraction', reason, token: [token, mallory] });
    });

    it('refuses a cookie and the query', async () => {
      const answer = await get({ cookie: pairOf(token) }, `/orders?access_token=${mallory}`);
      const reason = 'more_than_one_token';
      expectRefused(server, answer, { stage: 'extraction', reason, token: [token, mallory] });
    });

    it('refuses two Cookie headers that each have one', async () => {
      server.forget();
      const lines = [mallory, token].map((one) => `Cookie: __Host-at=${one}`);
      const head = ['GET /orders HTTP/1.1', 'Host: 127.0.0.1', ...lines];
      const reason = 'more_than_one_token';
      expectRefused(server, await sendRaw(server.port, head), { stage: 'extraction', reason });
    });
  });

  it.each([
    ['another prefix', `__Secure-at=${token}`],
    ['no prefix', `at=${token}`],
    ['the prefix in another case', `__host-at=${token}`],
    ['a space before the name that browsers keep', `\u00a0__Host-at=${token}`],
    ['attributes of RFC 2109', `$Version=1, __Host-at=${token}`],
    ['an escape in the name', `%5F_Host-at=${token}`],
  ])('takes no cookie that a sibling domain can plant: %s', async (_name, planted) => {
    const answer = await get({ cookie: planted });
    expectRefused(server, answer, { stage: 'extraction', reason: 'no_token', token });
  });

  it.each([
    ['quotes', `"${token}"`],
    ['a scheme', `Bearer ${token}`],
    ['an escape', token.replace('.', '%2E')],
    ['nothing', ''],
  ])('refuses a cookie that is not the token as it is: %s', async (_name, value) => {
    const answer = await get({ cookie: `__Host-at=${value}` });
    const reason = 'malformed_cookie';
    expectRefused(server, answer, { stage: 'extraction', reason, token });
  });

  it.each([
    ['signature', `${token.slice(0, -8)}AAAAAAAA`, 'signature', 'signature_mismatch'],
    ['owner, who is to prove a key', bound, 'confirmation', 'confirmation_not_supported'],
  ] as const)('is held to its %s as ever', async (_name, value, stage, reason) => {
    const answer = await get({ cookie: `__Host-at=${value}` });
    expectRefused(server, answer, { stage, reason, token: value });
  });
});

it.each(PLATFORMS)('no cookie is looked at on %s unless it is asked for', async (platform) => {
  const server = await ResourceServer.start(platform, {
    trusts: [{ issuer: ISSUER, audience: AUDIENCE, jwks: { keys: [forge.key.jwk] } }],
    clock: clock.nowMs,
  });
  const answer = await server.send('/orders', { headers: good });
  expectRefused(server, answer, { stage: 'extraction', reason: 'no_token', token });
  const headers = { ...good, authorization: `Bearer ${token}` };
  expect((await server.send('/orders', { headers })).status).toBe(200);
  await server.stop();
});

it.each(PLATFORMS)('a token of a key wants its proof in a cookie too, on %s', async (platform) => {
  const server = await ResourceServer.start(platform, {
    trusts: [{ issuer: ISSUER, audience: AUDIENCE, jwks: { keys: [forge.key.jwk] } }],
    clock: clock.nowMs,
    dpop: { publicUrl: AUDIENCE },
    cookie,
  });
  const key = await DpopKey.generate();
  const accessToken = forge.forge({ payload: forge.claims({ cnf: { jkt: key.jkt } }) });
  const iat = clock.nowSeconds();
  const proofFor = (of: string) =>
    key.proof(`${AUDIENCE}/orders`, { method: 'GET', accessToken: of, claims: { iat } });
  const reasonFor = async (of: string, dpop?: string): Promise<unknown> => {
    const answer = await server.send('/orders', { headers: { cookie: pairOf(of), dpop } });
    return answer.status === 200 ? 200 : server.refusals[0]?.reason;
  };
  expect(await reasonFor(accessToken, await proofFor(accessToken))).toBe(200);
  expect(await reasonFor(accessToken)).toBe('bound_token_alone');
  expect(await reasonFor(accessToken, await proofFor(token))).toBe('proof_token_hash');
  expect(await reasonFor(token, await proofFor(token))).toBe('unbound_token_with_proof');
  await server.stop();
});

it('an application whose cookie has no prefix does not start', async () => {
  const start = ResourceServer.start('express', {
    trusts: [{ issuer: ISSUER, audience: AUDIENCE, jwks: { keys: [forge.key.jwk] } }],
    cookie: { ...cookie, name: 'at' as '__Host-at' },
  });
  await expect(start).rejects.toThrow('cookie: name');
});

function sameOrigin(origin: string): Headers {
  return { origin, 'sec-fetch-site': 'same-origin' };
}

function withReferer(): Headers {
  return { origin: undefined, 'sec-fetch-site': undefined, referer: `${SHOP}/cart` };
}

/** What an attacker on a sibling domain wrote into the victim's browser, and sends along. */
function planted(csrf: string): Headers {
  return { cookie: pairOf(token, csrf), 'x-csrf-token': csrf };
}

function otherKey(): string {
  const csrf = { ...cookie.csrf, token: { keys: [Buffer.alloc(32, 8)] } };
  const [, line = ''] = new AccessTokenCookies({ ...cookie, csrf }).issue(token);
  return line.slice('__Host-csrf='.length, line.indexOf(';'));
}

/** Stands for the middleware method-override, with the headers and the query that it is told of. */
function overrideMethods(app: INestApplication): void {
  type Overridden = IncomingMessage & { originalMethod?: string };
  app.use((request: Overridden, _response: unknown, next: () => void) => {
    const inQuery = /[?&]_method=([A-Z]+)/.exec(request.url ?? '')?.[1];
    const method = request.headers['x-http-method-override'] ?? inQuery;
    if (typeof method === 'string' && request.method === 'POST') {
      request.originalMethod = request.method;
      request.method = method;
    }
    next();
  });
}
