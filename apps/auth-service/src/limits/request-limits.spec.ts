import { setTimeout as sleep } from 'node:timers/promises';
import { describeWithRedis } from '../storage/testing/describe-with-redis.js';
import { createTestDatabase, type TestDatabase } from '../storage/testing/test-database.js';
import { administratedBootstrap, ADMINISTRATION } from '../testing/administration.fixture.js';
import { FaultProxy } from '../testing/fault-proxy.js';
import { basic, SHARED_KEY, TestApplication } from '../testing/test-application.js';
import { RequestLimits } from './request.limits.js';

const ENVIRONMENT = {
  ...SHARED_KEY,
  AUTH_TRUSTED_PROXIES: '127.0.0.1',
  AUTH_LIMIT_TOKEN: '1/m burst 6',
  AUTH_LIMIT_PAR: '1/s burst 3',
  AUTH_LIMIT_INTROSPECTION: 'off',
  AUTH_LIMIT_REVOCATION: '1/h burst 100',
  AUTH_LIMIT_REFUSED: '1/m burst 5',
  AUTH_LIMIT_AUTHORIZATION: '1/m burst 3',
  AUTH_LIMIT_PAGES: '1/m burst 3',
  AUTH_LIMIT_ADMINISTRATION: '1/m burst 2',
};
/** Of a burst of 100. */
const LEASE = 5;

describeWithRedis('the limits on requests', (redis) => {
  let database: TestDatabase;
  let proxy: FaultProxy;
  let servers: [TestApplication, TestApplication];
  let administratorToken: string;

  beforeAll(async () => {
    database = await createTestDatabase();
    proxy = await FaultProxy.to(redis().url);
    const start = (url: string) =>
      TestApplication.start({
        database,
        redis: { ...redis(), url },
        bootstrap: administratedBootstrap(),
        environment: ENVIRONMENT,
      });
    servers = [await start(redis().url), await start(proxy.url)];
    const form = { resource: ADMINISTRATION, scope: 'admin:keys' };
    ({ access_token: administratorToken } = await servers[0].token('shop', form));
  });
  afterAll(async () => {
    for (const server of servers) await server.stop();
    await proxy.close();
    await database.drop();
  });

  const from = (address: string) => ({ 'x-forwarded-for': address });
  const ask = (client: string, server = servers[0], address = '192.0.2.1') =>
    server.post('/oauth2/token', 'grant_type=client_credentials', {
      ...basic(client),
      ...from(address),
    });
  const revoke = (client: string, server: TestApplication, address = '192.0.2.1') =>
    server.post('/oauth2/revoke', 'token=x', { ...basic(client), ...from(address) });
  const statuses = async (requests: Promise<Response>[]) =>
    (await Promise.all(requests)).map(({ status }) => status);
  const count = (list: readonly number[], status: number) =>
    list.filter((each) => each === status).length;
  const times = <T>(number: number, make: (index: number) => T) =>
    Array.from({ length: number }, (_, index) => make(index));

  it('refuses the request after the last one, and says how long', async () => {
    const allowed = await statuses(times(5, (i) => ask('shop', servers[i % 2])));
    expect(allowed).toEqual(Array(5).fill(200));
    const refused = await ask('shop', servers[1]);
    expect(refused.status).toBe(429);
    const wait = refused.headers.get('retry-after');
    expect(Number(wait)).toBeGreaterThan(30);
    expect(Number(wait)).toBeLessThanOrEqual(60);
    expect(Object.fromEntries(refused.headers)).toMatchObject({
      'ratelimit-policy': '"token";q=6;w=360',
      ratelimit: `"token";r=0;t=${wait}`,
      'cache-control': 'no-store',
    });
    expect(await refused.json()).toEqual({
      error: 'temporarily_unavailable',
      error_description: 'too many requests: ask again after the time in Retry-After',
    });
  });

  it('takes a request again at the time of Retry-After', async () => {
    const push = () =>
      servers[0].post('/oauth2/par', 'response_type=code', {
        ...basic('web'),
        ...from('192.0.2.1'),
      });
    let response = await push();
    for (let i = 0; i < 100 && response.status !== 429; i += 1) response = await push();
    expect(response.status).toBe(429);
    expect(response.headers.get('retry-after')).toBe('1');
    await sleep(1000);
    expect((await push()).status).toBe(400);
  });

  it('keeps a client from having what is another one’s, at the same address', async () => {
    const noisy = await statuses(times(30, (i) => ask('shop', servers[i % 2])));
    expect(count(noisy, 429)).toBeGreaterThan(20);
    expect((await ask('warehouse')).status).toBe(200);
  });

  it('lets parallel requests at two replicas through as the rate allows, and a lease each', async () => {
    const answers = await statuses(
      times(150, (i) => revoke('warehouse', servers[i % 2] ?? servers[0])),
    );
    expect(count(answers, 200) + count(answers, 429)).toBe(150);
    expect(count(answers, 200)).toBeGreaterThanOrEqual(100);
    expect(count(answers, 200)).toBeLessThanOrEqual(100 + 2 * LEASE);
    // What both have spent is charged by now.
    const afterwards = await statuses(
      times(20, (i) => revoke('warehouse', servers[i % 2] ?? servers[0])),
    );
    expect(count(answers, 200) + count(afterwards, 200)).toBeLessThanOrEqual(100 + 2 * LEASE);
  });

  it('counts a public client by address too, so that nobody uses up what others have', async () => {
    const asSpa = (address: string) =>
      servers[0].post(
        '/oauth2/token',
        'grant_type=authorization_code&client_id=spa',
        from(address),
      );
    const noisy = await statuses(times(10, () => asSpa('192.0.2.66')));
    expect(count(noisy, 400)).toBe(6);
    expect(count(noisy, 429)).toBe(4);
    expect((await asSpa('192.0.2.67')).status).toBe(400);
    expect((await asSpa('2001:db8::1')).status).toBe(400);
  });

  it('counts failures by address: whoever is known goes on there, nobody else does', async () => {
    expect((await ask('warehouse')).status).toBe(200);
    const wrong = (client: string) =>
      servers[0].post('/oauth2/token', 'grant_type=client_credentials', {
        ...basic(client, 'wrong'),
        ...from('192.0.2.77'),
      });
    expect(await statuses(times(5, () => wrong('warehouse')))).toEqual(Array(5).fill(401));
    expect(await statuses(times(3, (i) => wrong(`nobody-${i}`)))).toEqual(Array(3).fill(429));
    expect((await wrong('warehouse')).status).toBe(429);
    expect((await ask('warehouse', servers[0], '192.0.2.77')).status).toBe(200);
  });

  it.each([
    ['an IPv4 address', '198.51.100.1', '198.51.100.1', '198.51.100.2'],
    ['an IPv6 /64', '2001:db8:0:1::1', '2001:db8:0:1:ffff::2', '2001:db8:0:2::1'],
  ])('counts %s at the authorization endpoint, and shows a page', async (_, one, same, other) => {
    const authorize = (address: string, server = servers[0]) =>
      fetch(server.url('/oauth2/authorize?client_id=nobody'), { headers: from(address) });
    expect(await statuses(times(3, () => authorize(one)))).toEqual([400, 400, 400]);
    const refused = await authorize(same, servers[1]);
    expect(refused.status).toBe(429);
    expect(refused.headers.get('content-type')).toMatch('text/html');
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(50);
    expect(await refused.text()).toMatch('Wait for a minute');
    expect((await authorize(other)).status).toBe(400);
  });

  it('counts the pages by address', async () => {
    const page = () =>
      fetch(servers[0].url('/interaction/x/sign-in'), { headers: from('192.0.2.8') });
    expect(count(await statuses(times(5, page)), 429)).toBe(2);
  });

  it('counts the administration by who holds the token', async () => {
    const list = () =>
      fetch(servers[0].url('/admin/keys'), {
        headers: { authorization: `Bearer ${administratorToken}` },
      });
    expect(await statuses([list(), list()])).toEqual([200, 200]);
    expect((await list()).status).toBe(429);
  });

  it('counts nothing under a limit that is off', async () => {
    const introspect = () => servers[0].post('/oauth2/introspect', 'token=x', basic('orders'));
    expect(await statuses(times(40, introspect))).not.toContain(429);
  });

  it('tells what it counted', () => {
    const counts = servers[0].app.get(RequestLimits, { strict: false }).counts();
    expect(counts.find(({ limit }) => limit === 'token')).toMatchObject({
      allowed: expect.any(Number),
      refused: expect.any(Number),
    });
    expect(counts.find(({ limit }) => limit === 'pages')).toEqual({
      limit: 'pages',
      allowed: 3,
      refused: 2,
    });
    expect(counts.map(({ limit }) => limit)).not.toContain('introspection');
  });

  it('limits by itself while Redis is out of reach, and takes nothing for a reason to refuse', async () => {
    proxy.become('refuse');
    const answers: number[] = [];
    for (let i = 0; i < 8; i += 1) answers.push((await ask('warehouse', servers[1])).status);
    expect(answers).toEqual([...Array<number>(6).fill(200), 429, 429]);
    proxy.become('pass');
  });
});
