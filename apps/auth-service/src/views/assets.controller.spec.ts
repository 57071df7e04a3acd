import { TestApplication } from '../testing/test-application.js';
import { ViewFiles } from './view.files.js';

describe('GET /assets', () => {
  let server: TestApplication;
  beforeAll(async () => {
    server = await TestApplication.start();
  });
  afterAll(() => server.stop());

  const files = ViewFiles.load();
  const style = files.assets.get('keyward.css')?.path ?? '';

  it('serves every asset for good, as what it is and for our pages alone', async () => {
    for (const { path, body, contentType } of files.assets.values()) {
      const response = await fetch(server.url(path));
      expect(response.status).toBe(200);
      expect(Buffer.from(await response.arrayBuffer()).equals(body)).toBe(true);
      expect(Object.fromEntries(response.headers)).toMatchObject({
        'content-type': contentType,
        'cache-control': 'public, max-age=31536000, immutable',
        'x-content-type-options': 'nosniff',
        'cross-origin-resource-policy': 'same-origin',
        'content-security-policy': "default-src 'none'; frame-ancestors 'none'; sandbox",
      });
    }
  });

  it('serves a page of another release what there is, not to be kept', async () => {
    const response = await fetch(server.url('/assets/keyward.0123456789abcdef.css'));
    expect(response.status).toBe(200);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(await response.text()).toBe(await (await fetch(server.url(style))).text());
  });

  it.each([
    'keyward.css',
    'nothing.0123456789abcdef.css',
    '..%2flayout.0123456789abcdef.html',
    '%2e%2e%2f%2e%2e%2fpackage.0123456789abcdef.json',
    'constructor',
    '__proto__.0123456789abcdef.css',
  ])('knows no %s', async (name) => {
    expect((await fetch(server.url(`/assets/${name}`))).status).toBe(404);
  });
});
