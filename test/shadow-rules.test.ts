/** Shadow rules: what they say of real requests is reported, and nothing of it is enforced. */
import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ShadowComparison, type ShadowOptions, type TrustOptions } from '@keyward/auth';
import { TestClock } from './support/resource-server-clock.js';
import {
  PLATFORMS,
  ResourceServer,
  type Platform,
  type ResourceServerOptions,
} from './support/resource-server.js';
import { createSigningKey, TokenForge } from './support/token-forge.js';

const ISSUER = 'https://as.example';
const OTHER = 'https://new.example';
const AUDIENCE = 'https://orders.example';
const clock = new TestClock();
const forge = new TokenForge(ISSUER, AUDIENCE, createSigningKey('ES256', 'ec-1'), clock);
const other = new TokenForge(OTHER, AUDIENCE, createSigningKey('ES256', 'ec-2'), clock);

const trustIn = ({ issuer, audience, key }: TokenForge, rules: Partial<TrustOptions> = {}) =>
  ({ issuer, audience, jwks: { keys: [key.jwk] }, ...rules }) as TrustOptions;

const COOKIE: Partial<ResourceServerOptions> = {
  cookie: {
    name: '__Host-at',
    csrf: { allowedOrigins: ['https://shop.example'], token: { keys: [Buffer.alloc(32, 1)] } },
  },
};

async function withShadow(
  shadow: ShadowOptions,
  work: (server: ResourceServer) => Promise<void>,
  platform: Platform = 'express',
  more: Partial<ResourceServerOptions> = {},
): Promise<void> {
  const server = await ResourceServer.start(platform, {
    trusts: [trustIn(forge)],
    clock: clock.nowMs,
    shadow,
    ...more,
  });
  try {
    await work(server);
  } finally {
    await server.stop();
  }
}

/** The `index`th comparison, once it is there. */
async function comparison(server: ResourceServer, index = 0): Promise<ShadowComparison> {
  for (let tries = 0; tries < 500; tries++) {
    const found = server.comparisons[index];
    if (found !== undefined) return found;
    await sleep(10);
  }
  throw new Error('nothing was compared');
}

describe.each(PLATFORMS)('shadow rules on %s', (platform) => {
  it('agree on what both let in and on what both refuse', () =>
    withShadow(
      { trusts: [trustIn(forge)] },
      async (server) => {
        expect((await server.get('/orders', await forge.issue())).status).toBe(200);
        expect(await comparison(server)).toEqual({
          outcome: 'agree',
          handler: 'OrdersController.list',
          enforced: { verdict: 'accepted', issuer: ISSUER },
          shadow: { verdict: 'accepted', issuer: ISSUER },
          differences: [],
        });
        expect((await server.get('/admin', await forge.issue())).status).toBe(403);
        expect(await comparison(server, 1)).toMatchObject({
          outcome: 'agree',
          enforced: { verdict: 'refused', stage: 'policy', reason: 'insufficient_role' },
          shadow: { verdict: 'refused', stage: 'policy', reason: 'insufficient_role' },
        });
      },
      platform,
    ));

  it('that would refuse a token keep nobody out', () =>
    withShadow(
      { trusts: [trustIn(forge, { audience: 'https://invoices.example' })] },
      async (server) => {
        expect((await server.get('/orders', await forge.issue())).status).toBe(200);
        expect(server.reached).toEqual(['OrdersController.list']);
        expect(await comparison(server)).toMatchObject({
          outcome: 'disagree',
          enforced: { verdict: 'accepted' },
          shadow: { verdict: 'refused', stage: 'claims', reason: 'audience' },
        });
        expect(server.refusals).toEqual([]);
      },
      platform,
    ));

  it('that would accept a token let nobody in', () =>
    withShadow(
      { trusts: [trustIn(forge), trustIn(other)] },
      async (server) => {
        const { status, headers } = await server.get('/orders', await other.issue());
        expect(status).toBe(401);
        expect(headers['www-authenticate']).toContain('invalid_token');
        expect(server.reached).toEqual([]);
        expect(await comparison(server)).toMatchObject({
          outcome: 'disagree',
          enforced: { verdict: 'refused', stage: 'trust', reason: 'issuer_not_trusted' },
          shadow: { verdict: 'accepted', issuer: OTHER },
        });
      },
      platform,
    ));
});

describe('shadow rules', () => {
  it('say by name what they would make of a principal, and show no claim and no token', () =>
    withShadow({ trusts: [trustIn(forge, { claims: { roles: ['groups'] } })] }, async (server) => {
      const token = await forge.issue({ groups: ['treasurers'], sub: 'alice-1' });
      expect((await server.get('/orders', token)).status).toBe(200);
      const compared = await comparison(server);
      expect(compared).toMatchObject({ outcome: 'disagree', differences: ['roles'] });
      const told = JSON.stringify(compared) + server.logged.join('\n');
      expect(told).toContain('other roles');
      for (const secret of ['treasurers', 'alice-1', ...token.split('.')]) {
        expect(told).not.toContain(secret);
      }
    }));

  it('ask about a token that came in a cookie, too', () =>
    withShadow(
      { trusts: [trustIn(forge, { audience: 'https://invoices.example' })] },
      async (server) => {
        const headers = { cookie: `__Host-at=${await forge.issue()}` };
        expect((await server.send('/orders', { headers })).status).toBe(200);
        expect(await comparison(server)).toMatchObject({
          outcome: 'disagree',
          enforced: { verdict: 'accepted' },
          shadow: { verdict: 'refused', stage: 'claims', reason: 'audience' },
        });
      },
      'express',
      COOKIE,
    ));

  it('may be policies alone', () =>
    withShadow(
      { policies: { 'OrdersController.list': { scopes: ['orders:list'] } } },
      async (server) => {
        expect((await server.get('/orders', await forge.issue())).status).toBe(200);
        expect(await comparison(server)).toMatchObject({
          outcome: 'disagree',
          shadow: { verdict: 'refused', stage: 'policy', reason: 'insufficient_scope' },
        });
        expect((await server.get('/orders/7', await forge.issue())).status).toBe(200);
        expect(await comparison(server, 1)).toMatchObject({ outcome: 'agree' });
      },
    ));

  it('may open a handler to others, on paper', () =>
    withShadow({ policies: { 'OrdersController.admin': {} } }, async (server) => {
      expect((await server.get('/admin', await forge.issue())).status).toBe(403);
      expect(await comparison(server)).toMatchObject({
        outcome: 'disagree',
        enforced: { verdict: 'refused', reason: 'insufficient_role' },
        shadow: { verdict: 'accepted' },
      });
    }));

  it('of a handler that does not exist stop the start', async () => {
    const starting = withShadow({ policies: { 'OrdersController.lst': {} } }, () =>
      Promise.reject(new Error('it started')),
    );
    await expect(starting).rejects.toThrow(/there is no handler OrdersController\.lst/);
  });

  it.each([
    ['sampleRate', 1.5],
    ['sampleRate', NaN],
    ['maxPending', 0],
    ['timeoutMs', -1],
  ])('with %s %d stop the start', async (name, value) => {
    const starting = withShadow({ [name]: value }, () => Promise.reject(new Error('it started')));
    await expect(starting).rejects.toThrow(`shadow.${name} is not`);
  });

  it('are not asked where no token came, about public handlers, and outside of the sample', async () => {
    await withShadow({ trusts: [trustIn(other)] }, async (server) => {
      expect((await server.send('/orders')).status).toBe(401);
      expect((await server.get('/public', await forge.issue())).status).toBe(200);
      // The queue keeps the order: what came before would be compared by now.
      await server.get('/orders', await forge.issue());
      await comparison(server);
      expect(server.comparisons).toHaveLength(1);
    });
    await withShadow({ trusts: [trustIn(other)], sampleRate: 0 }, async (server) => {
      await server.get('/orders', await forge.issue());
      await sleep(100);
      expect(server.comparisons).toEqual([]);
    });
  });
});

describe('a shadow issuer that does not answer', () => {
  let asked = 0;
  const silent = createServer(() => {
    asked += 1;
  });

  beforeAll(() => new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve)));
  afterAll(() => {
    silent.closeAllConnections();
    return new Promise((resolve) => silent.close(resolve));
  });

  it('holds up no request, fills no memory, and is reported as undecided', () => {
    const { port } = silent.address() as AddressInfo;
    const { issuer, audience } = forge;
    const trusts = [{ issuer, audience, jwksUri: `http://127.0.0.1:${port}/jwks` }];
    return withShadow({ trusts, maxPending: 3, timeoutMs: 2000 }, async (server) => {
      const token = await forge.issue();
      for (let request = 0; request < 10; request++) {
        expect((await server.get('/orders', token)).status).toBe(200);
      }
      // All are answered while the shadow issuer still owes its first answer.
      expect(asked).toBe(1);
      expect(server.comparisons).toEqual([]);
      expect(server.dropped).toBe(7);
      expect(await comparison(server)).toMatchObject({
        outcome: 'undecided',
        enforced: { verdict: 'accepted' },
        shadow: { verdict: 'undecided', reason: 'timed_out' },
      });
      expect((await server.get('/orders', token)).status).toBe(200);
    });
  });
});
