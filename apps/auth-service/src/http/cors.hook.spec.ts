import { ClientOriginStore } from '../client/client-origin.store.js';
import { PostgresDatabase } from '../storage/postgres/postgres.database.js';
import { SPA_ORIGIN } from '../testing/bootstrap.fixture.js';
import { basic, TestApplication } from '../testing/test-application.js';

const PAGE = 'https://docs.example.com';

describe('origins that the operator allows', () => {
  const start = (origins: string) =>
    TestApplication.start({ environment: { AUTH_CORS_ORIGINS: origins } });
  const preflight = (server: TestApplication, origin: string) =>
    fetch(server.url('/oauth2/token'), {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization',
      },
    });
  const token = (server: TestApplication, origin: string, secret?: string) =>
    server.post(
      '/oauth2/token',
      { grant_type: 'client_credentials' },
      { ...basic('shop', secret), origin },
    );

  it('lets a page of a listed origin get a token and read a refusal, without cookies', async () => {
    const server = await start(`${PAGE}, https://other.example.com`);
    const answer = await preflight(server, PAGE);
    expect(answer.status).toBe(204);
    expect(answer.headers.get('access-control-allow-origin')).toBe(PAGE);
    expect(answer.headers.get('access-control-allow-headers')).toMatch(/Authorization/);
    expect(answer.headers.get('access-control-allow-methods')).toBe('GET, POST');
    for (const response of [await token(server, PAGE), await token(server, PAGE, 'wrong')]) {
      expect(response.headers.get('access-control-allow-origin')).toBe(PAGE);
      expect(response.headers.get('access-control-allow-credentials')).toBeNull();
      expect(response.headers.get('vary')).toBe('Origin');
    }
    await server.stop();
  });

  it.each(['https://evil.example.com', `${PAGE}.evil.com`, 'null', 'http://docs.example.com'])(
    'tells a page of %s nothing',
    async (origin) => {
      const server = await start(PAGE);
      expect((await preflight(server, origin)).status).toBe(405);
      for (const response of [await preflight(server, origin), await token(server, origin)]) {
        expect(response.headers.get('access-control-allow-origin')).toBeNull();
        expect(response.headers.get('vary')).toBe('Origin');
      }
      await server.stop();
    },
  );

  it('lets every page of this machine in where nothing is configured outside production', async () => {
    const server = await start('');
    for (const origin of ['http://127.0.0.1:4001', 'http://localhost:4001', 'http://[::1]:1']) {
      expect((await preflight(server, origin)).status).toBe(204);
    }
    for (const origin of ['http://127.0.0.1.evil.com', 'http://localhost.evil.com', PAGE]) {
      expect((await preflight(server, origin)).status).toBe(405);
    }
    await server.stop();
  });
});

describe('origins that a client registered', () => {
  let server: TestApplication;
  beforeAll(async () => {
    server = await TestApplication.start({ environment: { AUTH_CORS_ORIGINS: PAGE } });
  });
  afterAll(() => server.stop());

  const preflight = (path: string, origin: string) =>
    fetch(server.url(path), {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'POST' },
    });
  const allowedOrigin = (response: Response) => response.headers.get('access-control-allow-origin');

  it.each(['/oauth2/token', '/oauth2/revoke', '/oauth2/par', '/oauth2/userinfo'])(
    'are answered a preflight of %s, and no other origin is',
    async (path) => {
      const answer = await preflight(path, SPA_ORIGIN);
      expect(answer.status).toBe(204);
      expect(allowedOrigin(answer)).toBe(SPA_ORIGIN);
      expect(answer.headers.get('access-control-allow-credentials')).toBeNull();
      for (const origin of [
        `${SPA_ORIGIN}.evil.com`,
        'https://evil.com',
        'null',
        `${SPA_ORIGIN}/`,
      ]) {
        expect(allowedOrigin(await preflight(path, origin))).toBeNull();
      }
    },
  );

  it.each(['/.well-known/openid-configuration', '/.well-known/oauth-authorization-server'])(
    'may read %s',
    async (path) => {
      const read = (origin: string) => fetch(server.url(path), { headers: { origin } });
      expect(allowedOrigin(await read(SPA_ORIGIN))).toBe(SPA_ORIGIN);
      expect(allowedOrigin(await read('https://evil.com'))).toBeNull();
    },
  );

  it.each([
    '/oauth2/authorize',
    '/oauth2/logout',
    '/oauth2/introspect',
    '/interaction/a/sign-in',
    '/health/ready',
  ])('may never read %s, and neither may those of the operator', async (path) => {
    for (const origin of [SPA_ORIGIN, PAGE]) {
      expect(allowedOrigin(await preflight(path, origin))).toBeNull();
      const response = await fetch(server.url(path), { headers: { origin }, redirect: 'manual' });
      expect(allowedOrigin(response)).toBeNull();
    }
  });

  it.each([
    ['its own client', { client_id: 'spa' }, SPA_ORIGIN, SPA_ORIGIN],
    ['another client', { client_id: 'native' }, SPA_ORIGIN, null],
    ['nobody', { client_id: 'nobody' }, SPA_ORIGIN, null],
    ['its own client, from another origin', { client_id: 'spa' }, 'https://evil.com', null],
    ['any client, where the operator allows it', { client_id: 'native' }, PAGE, PAGE],
  ])('read the answer to %s', async (_, credentials, origin, expected) => {
    const form = { ...credentials, token: 'x' };
    const response = await server.post('/oauth2/revoke', form, { origin });
    expect(allowedOrigin(response)).toBe(expected);
    expect(response.headers.get('access-control-allow-credentials')).toBeNull();
    expect(response.headers.get('vary')).toBe('Origin');
    // A refusal can be read as well, once it is known whom it is for.
    const refusal = await server.post('/oauth2/token', { ...form, grant_type: 'x' }, { origin });
    expect(refusal.status).toBeGreaterThanOrEqual(400);
    expect(allowedOrigin(refusal)).toBe(expected);
  });

  it('may read that userinfo refuses a token, and no other origin may', async () => {
    const ask = (origin: string) =>
      fetch(server.url('/oauth2/userinfo'), { headers: { origin, authorization: 'Bearer x' } });
    const refusal = await ask(SPA_ORIGIN);
    expect(refusal.status).toBe(401);
    expect(allowedOrigin(refusal)).toBe(SPA_ORIGIN);
    expect(allowedOrigin(await ask('https://evil.com'))).toBeNull();
  });

  it('are those of clients that are not disabled', async () => {
    const { manager } = server.app.get(PostgresDatabase, { strict: false });
    const origins = server.app.get(ClientOriginStore, { strict: false });
    expect(await origins.findAll()).toEqual(new Set([SPA_ORIGIN]));
    await manager.query(`UPDATE client SET disabled_at = now() WHERE client_id = 'spa'`);
    expect(await origins.findAll()).toEqual(new Set());
    await manager.query(`UPDATE client SET disabled_at = NULL WHERE client_id = 'spa'`);
  });
});
