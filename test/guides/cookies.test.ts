/** The guide to cookies shows the very code that is compiled here, and a browser gets through it. */
import { readFile } from 'node:fs/promises';
import { type AddressInfo } from 'node:net';
import { TestClock } from '../support/resource-server-clock.js';
import { createSigningKey, TokenForge } from '../support/token-forge.js';
import { createApplication, trusts } from './cookies.js';

const read = (path: string) => readFile(new URL(path, import.meta.url), 'utf8');

describe('the guide to cookies', () => {
  it('shows what is compiled here', async () => {
    const guide = await read('../../docs/guides/cookies.md');
    expect(guide).toContain(`\`\`\`ts\n${await read('./cookies.ts')}\`\`\`\n`);
  });

  it('shows an application that a page signs in at, writes to and signs out of', async () => {
    process.env['CSRF_KEY'] = Buffer.alloc(32, 7).toString('base64url');
    const clock = new TestClock();
    clock.setMs(Date.now());
    const [{ issuer, audience }] = trusts as [(typeof trusts)[number]];
    const forge = new TokenForge(issuer, audience, createSigningKey('ES256', 'ec-1'), clock);
    const jwks = { keys: [forge.key.jwk] };
    const accessToken = forge.forge();
    const signIn = { redeem: () => Promise.resolve({ accessToken, expiresInSeconds: 300 }) };
    const app = await createApplication(signIn, [{ issuer, audience, jwks }]);
    try {
      await app.listen(0, '127.0.0.1');
      const { port } = app.getHttpServer().address() as AddressInfo;
      const url = `http://127.0.0.1:${port}`;
      const opened = await fetch(`${url}/session`, { method: 'POST' });
      const pairs = opened.headers.getSetCookie().map((line) => line.split(';')[0] ?? '');
      expect(pairs.map((pair) => pair.split('=')[0])).toEqual([
        '__Host-access-token',
        '__Host-csrf',
      ]);
      const origin = 'https://shop.example.com';
      const page = { cookie: pairs.join('; '), origin };
      const token = { 'x-csrf-token': pairs[1]?.slice('__Host-csrf='.length) ?? '' };
      const statusOf = async (method: string, path: string, headers: Record<string, string>) =>
        (await fetch(`${url}${path}`, { method, headers })).status;
      expect(await statusOf('GET', '/orders', page)).toBe(200);
      expect(await statusOf('POST', '/orders', { ...page, ...token })).toBe(201);
      expect(await statusOf('POST', '/orders', page)).toBe(403);
      expect(await statusOf('DELETE', '/session', page)).toBe(403);
      expect(await statusOf('DELETE', '/session', { ...page, ...token })).toBe(200);
    } finally {
      await app.close();
    }
  });
});
