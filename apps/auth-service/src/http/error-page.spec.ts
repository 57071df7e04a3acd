import { TestApplication } from '../testing/test-application.js';

describe('errors where a person looks on', () => {
  let server: TestApplication;
  beforeAll(async () => {
    server = await TestApplication.start();
  });
  afterAll(() => server.stop());

  const expectPage = async (response: Response, status: number) => {
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(response.headers.get('cache-control')).toBe('no-store');
    const html = await response.text();
    expect(html).toContain(response.headers.get('x-request-id') ?? 'no id');
    return html;
  };

  it.each(['/interaction', '/interaction/1', '/interaction/1/sign-in/x', '/oauth2/authorize/a/b'])(
    'are pages at %s',
    async (path) => {
      expect(await expectPage(await fetch(server.url(path)), 404)).toContain('Page not found');
    },
  );

  it.each(['/nothing', '/interactions', '/oauth2/authorized', '/oauth2/token/x'])(
    'are JSON at %s',
    async (path) => {
      const response = await fetch(server.url(path));
      expect(response.status).toBe(404);
      expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
    },
  );
});
