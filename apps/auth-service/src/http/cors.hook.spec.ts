import { basic, TestApplication } from '../testing/test-application.js';

const PAGE = 'https://docs.example.com';

describe('corsHook', () => {
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
