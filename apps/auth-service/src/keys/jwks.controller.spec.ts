import { basic, TestApplication } from '../testing/test-application.js';

describe('GET /.well-known/jwks.json', () => {
  it.each(['ES256', 'ES384', 'RS256', 'PS256', 'EdDSA'])(
    'publishes only the public half of an %s key',
    async (algorithm) => {
      const server = await TestApplication.start({
        environment: { AUTH_SIGNING_ALGORITHM: algorithm },
      });
      try {
        const response = await fetch(server.url('/.well-known/jwks.json'));
        expect(response.status).toBe(200);
        expect(response.headers.get('cache-control')).toBe('public, max-age=300');
        const { keys } = (await response.json()) as { keys: Record<string, unknown>[] };
        // The one that signs, and the one that is to sign next.
        expect(keys).toHaveLength(2);
        for (const key of keys) {
          expect(key).toMatchObject({ alg: algorithm, use: 'sig', kid: expect.any(String) });
          for (const member of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k']) {
            expect(key).not.toHaveProperty(member);
          }
        }

        const { access_token } = await server.token('shop');
        const answer = await server.post(
          '/oauth2/introspect',
          { token: access_token },
          basic('orders'),
        );
        expect(await answer.json()).toMatchObject({ active: true });

        const etag = response.headers.get('etag') ?? '';
        expect(etag).toMatch(/^"[\w-]{43}"$/);
        for (const tag of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
          const again = await fetch(server.url('/.well-known/jwks.json'), {
            headers: { 'if-none-match': tag },
          });
          expect({ status: again.status, body: await again.text() }).toEqual({
            status: 304,
            body: '',
          });
          expect(again.headers.get('etag')).toBe(etag);
          expect(again.headers.get('cache-control')).toBe('public, max-age=300');
        }
        const changed = await fetch(server.url('/.well-known/jwks.json'), {
          headers: { 'if-none-match': '"other"' },
        });
        expect(changed.status).toBe(200);
      } finally {
        await server.stop();
      }
    },
  );
});
