/** What the access decorators let through, handler by handler, and what they answer otherwise. */
import { type RefusalReason } from '@keyward/auth';
import { type Answer } from '../support/resource-server-client.js';
import { TestClock } from '../support/resource-server-clock.js';
import { expectNowhere, expectRefused } from '../support/resource-server-refusal.js';
import { PLATFORMS, RESOURCE_METADATA, ResourceServer } from '../support/resource-server.js';
import { createSigningKey, TokenForge } from '../support/token-forge.js';

const ISSUER = 'https://as.example';
const AUDIENCE = 'https://orders.example';
const clock = new TestClock();
const forge = new TokenForge(ISSUER, AUDIENCE, createSigningKey('ES256', 'ec-1'), clock);
const tokenWith = (claims: object): string => forge.forge({ payload: forge.claims(claims) });

describe.each(PLATFORMS)('the policy of a handler, on %s', (platform) => {
  let server: ResourceServer;

  beforeAll(async () => {
    server = await ResourceServer.start(platform, {
      trusts: [
        {
          issuer: ISSUER,
          audience: AUDIENCE,
          jwks: { keys: [forge.key.jwk] },
          claims: { roles: ['roles'] },
        },
      ],
      clock: clock.nowMs,
    });
  });

  afterAll(() => server.stop());

  const call = (method: string, path: string, token: string): Promise<Answer> =>
    server.send(path, { method, headers: { authorization: `Bearer ${token}` } });

  /** @param scope as named to the client; undefined where no scope would help */
  const expectForbidden = (
    answer: Answer,
    token: string,
    handler: string,
    reason: RefusalReason,
    scope?: string,
  ): void => {
    const description = 'The access token does not allow this';
    const named = scope === undefined ? '' : `scope="${scope}", `;
    expect(answer.status).toBe(403);
    expect(answer.headers['www-authenticate']).toBe(
      `Bearer error="insufficient_scope", ${named}error_description="${description}", ` +
        `resource_metadata="${RESOURCE_METADATA}"`,
    );
    expect(JSON.parse(answer.body)).toEqual({
      error: 'insufficient_scope',
      error_description: description,
    });
    expect(server.refusals).toEqual([
      expect.objectContaining({ stage: 'policy', reason, status: 403, handler }),
    ]);
    expect(server.reached).toEqual([]);
    expectNowhere(server, answer, [token]);
  };

  it.each<[string, string, string, object]>([
    ['all scopes of @Scopes', 'POST', '/orders', { scope: 'orders:write orders:read' }],
    ['more scopes than @Scopes asks for', 'GET', '/orders', { scope: 'a orders:read b' }],
    ['scopes as a list', 'GET', '/orders', { scope: ['orders:read'] }],
    ['the first scope of @AnyScope', 'GET', '/reports', { scope: 'reports:read' }],
    ['the last scope of @AnyScope', 'GET', '/reports', { scope: 'reports:admin' }],
    ['one of @Roles', 'GET', '/admin', { roles: ['guest', 'owner'], scope: undefined }],
    ['no scope for @Authenticated', 'GET', '/me', { scope: undefined }],
    ['an empty scope for @Authenticated', 'GET', '/me', { scope: '' }],
  ])('lets %s in', async (_name, method, path, claims) => {
    const answer = await call(method, path, tokenWith(claims));
    expect([200, 201]).toContain(answer.status);
    expect(server.refusals).toEqual([]);
    expect(server.reached).toHaveLength(1);
  });

  it.each([
    ['only the first of two scopes', { scope: 'orders:read' }],
    ['only the second of two scopes', { scope: 'orders:write' }],
    ['no scope', { scope: undefined }],
    ['an empty scope', { scope: '' }],
    ['both in another case', { scope: 'Orders:Read ORDERS:WRITE' }],
    ['both with a comma', { scope: 'orders:read,orders:write' }],
    ['both with a tab', { scope: 'orders:read\torders:write' }],
    ['both as one list member', { scope: ['orders:read orders:write'] }],
    ['longer ones', { scope: 'orders:read:own orders:write:own' }],
    ['shorter ones', { scope: 'orders orders:' }],
    ['a wildcard', { scope: 'orders:* *' }],
    [
      'both in a claim that the trust does not map',
      { scope: 'x', scp: 'orders:read orders:write' },
    ],
    ['both as roles', { scope: 'x', roles: ['orders:read', 'orders:write'] }],
  ])('refuses %s where @Scopes wants both, and names both', async (_name, claims) => {
    const token = tokenWith(claims);
    const answer = await call('POST', '/orders', token);
    const scope = 'orders:read orders:write';
    expectForbidden(answer, token, 'OrdersController.create', 'insufficient_scope', scope);
  });

  it.each([
    ['none of the scopes', { scope: 'orders:read' }],
    ['no scope', { scope: undefined }],
    ['a longer one', { scope: 'reports:reader' }],
  ])('refuses %s where @AnyScope wants one, and names all', async (_name, claims) => {
    const token = tokenWith(claims);
    const answer = await call('GET', '/reports', token);
    const scope = 'reports:read reports:admin';
    expectForbidden(answer, token, 'OrdersController.reports', 'insufficient_scope', scope);
  });

  it.each([
    ['another role', { roles: ['guest'] }],
    ['no role', { roles: [] }],
    ['no roles at all', { roles: undefined }],
    ['two roles in one text', { roles: 'admin owner' }],
    ['a role in another case', { roles: ['Admin'] }],
    ['the role as a scope', { scope: 'admin owner' }],
    ['the role in a claim that the trust does not map', { role: 'admin', groups: ['admin'] }],
  ])('refuses %s where @Roles wants one, without naming a scope', async (_name, claims) => {
    const token = tokenWith(claims);
    const answer = await call('GET', '/admin', token);
    expectForbidden(answer, token, 'OrdersController.admin', 'insufficient_role');
  });

  it.each([
    ['no token', undefined],
    ['a good token', `Bearer ${forge.forge()}`],
    ['a forged token', `Bearer ${forge.forge({ signer: () => Buffer.alloc(64) })}`],
    ['a malformed header', 'Bearer'],
    ['another scheme', 'Basic YTpi'],
  ])(
    'lets %s in to a @Public handler, and gives nothing of it to the handler',
    async (_n, authorization) => {
      const answer = await server.send('/public', { headers: { authorization } });
      expect(answer.status).toBe(200);
      expect(JSON.parse(answer.body)).toEqual({ principal: 'none', token: 'none' });
      expect(server.refusals).toEqual([]);
    },
  );

  it('gives principal and token of the request to the handler, and only of this request', async () => {
    const tokens = Array.from({ length: 20 }, (_, at) => tokenWith({ sub: `user-${at}` }));
    const answers = await Promise.all(tokens.map((token) => call('GET', '/me', token)));
    expect(answers.map(({ body }) => JSON.parse(body) as object)).toEqual(
      tokens.map((token, at) => ({ principal: `user-${at}`, client: 'shop', token })),
    );
  });

  it.each(['GET /me', 'GET /orders', 'POST /orders', 'GET /reports', 'GET /admin'])(
    'asks %s for a token before it asks for anything else',
    async (route) => {
      const [method = '', path = ''] = route.split(' ');
      const answer = await server.send(path, { method });
      const handler = server.refusals[0]?.handler ?? '';
      expect(handler).toMatch(/^OrdersController\./);
      expectRefused(server, answer, { stage: 'extraction', reason: 'no_token', handler });
    },
  );
});

describe.each(PLATFORMS)('a resource without metadata, on %s', (platform) => {
  let server: ResourceServer;

  beforeAll(async () => {
    server = await ResourceServer.start(platform, {
      trusts: [{ issuer: ISSUER, audience: AUDIENCE, jwks: { keys: [forge.key.jwk] } }],
      clock: clock.nowMs,
      resourceMetadata: undefined,
    });
  });

  afterAll(() => server.stop());

  it('challenges with the scheme alone where there is no token', async () => {
    const answer = await server.send('/orders');
    expect(answer.headers['www-authenticate']).toBe('Bearer');
  });

  it('challenges with the error alone where the token is bad', async () => {
    const answer = await server.get('/orders', 'bad');
    expect(answer.headers['www-authenticate']).toBe(
      'Bearer error="invalid_token", error_description="The access token is not valid"',
    );
  });
});
