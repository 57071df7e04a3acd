import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { signInPath } from '../interaction/interaction.paths.js';
import { beginInteraction } from '../testing/begin-interaction.js';
import { TestApplication } from '../testing/test-application.js';
import { TestBrowser } from '../testing/test-browser.js';

describe('AUTH_VIEWS_DIR', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'keyward-overlay-'));
    mkdirSync(join(directory, 'assets'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  const startWith = (files: Record<string, string>) => {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
    return TestApplication.start({ environment: { AUTH_VIEWS_DIR: directory } });
  };
  const openSignIn = async (server: TestApplication) => {
    const browser = new TestBrowser(server);
    return browser.get(signInPath(await beginInteraction(server, browser)));
  };

  it('brands the pages, and their protection stays', async () => {
    const server = await startWith({
      'client.html': '<img src="{{ "house.svg" | asset }}" alt="House"> {{ client.name }}',
      'assets/house.svg': '<svg xmlns="http://www.w3.org/2000/svg"/>',
    });
    const page = await openSignIn(server);
    const [, image] =
      /<img src="(\/assets\/house\.[0-9a-f]{16}\.svg)" alt="House">/.exec(page.html) ?? [];
    expect((await fetch(server.url(image ?? '/'))).headers.get('content-type')).toBe(
      'image/svg+xml',
    );
    expect(page.html).toContain('autocomplete="current-password"');
    expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'none'; /);
    await server.stop();
  });

  it('answers a template that asks for what is not there with the error page', async () => {
    const server = await startWith({ 'sign-in.html': '{{ clinet.name }}' });
    const page = await openSignIn(server);
    expect(page.status).toBe(500);
    expect(page.html).toContain('Something went wrong');
    expect(page.html).not.toContain('clinet');
    await server.stop();
  });

  it('says in plain text what a broken error page cannot', async () => {
    const server = await startWith({ 'error.html': '{{ nothing }}' });
    const page = await new TestBrowser(server).get(signInPath('x'));
    expect(page.status).toBe(404);
    expect(page.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(page.html).toContain('Start again at the application');
    await server.stop();
  });

  it('stops the start where a template is no template', async () => {
    await expect(startWith({ 'layout.html': '{% block %' })).rejects.toThrow(
      /^the template layout\.html cannot be used/,
    );
  });
});
