import { IntrospectionUnavailableError } from '../access-token/refusal.js';
import { FixedKeySource } from '../jwks/fixed-key-source.js';
import { IntrospectionServer } from '../spec-support/introspection-server.js';
import { IntrospectionClient } from './introspection.client.js';
import { type IntrospectionOptions } from './introspection.options.js';

const ISSUER = 'https://as.example';
const JWT_TYPE = { 'content-type': 'application/token-introspection+jwt' };
const START_MS = 1_800_000_000_000;
const LIVE = { active: true, sub: 'alice', exp: START_MS / 1000 + 3600 };

describe('IntrospectionClient', () => {
  let server: IntrospectionServer;
  let nowMs: number;
  beforeEach(async () => {
    server = await IntrospectionServer.start();
    nowMs = START_MS;
  });
  afterEach(() => server.close());

  const clientOf = (options: Partial<IntrospectionOptions> = {}): IntrospectionClient => {
    const keys = new FixedKeySource([]);
    const trust = { issuer: ISSUER, algorithms: ['ES256'], keys, toleranceSeconds: 5 };
    const client = { clientId: 'orders', clientSecret: 'kws_secret' };
    const given = { endpoint: server.endpoint, client, ...options };
    return new IntrospectionClient(trust, given, () => nowMs);
  };
  const ask = async (client: IntrospectionClient, token: string, maxAgeSeconds?: number) =>
    client.introspect(token, maxAgeSeconds);
  const failureOf = async (asked: unknown): Promise<IntrospectionUnavailableError> => {
    const error: unknown = await Promise.resolve(asked).catch((reason: unknown) => reason);
    if (!(error instanceof IntrospectionUnavailableError)) throw error;
    return error;
  };

  describe('keeps answers', () => {
    it('for maxCacheSeconds, and answers then without a promise', async () => {
      server.say('token', LIVE);
      const client = clientOf({ maxCacheSeconds: 10 });
      const first = await client.introspect('token');
      nowMs += 9_999;
      expect(client.introspect('token')).toBe(first);
      nowMs += 1;
      await client.introspect('token');
      expect(server.count).toBe(2);
    });

    it('never past exp, to the millisecond', async () => {
      server.say('token', { ...LIVE, exp: START_MS / 1000 + 3 });
      const client = clientOf({ maxCacheSeconds: 10 });
      await client.introspect('token');
      nowMs += 2_999;
      expect(client.introspect('token')).not.toBeInstanceOf(Promise);
      nowMs += 1;
      await client.introspect('token');
      expect(server.count).toBe(2);
    });

    it('shortly where they say no', async () => {
      const client = clientOf({ maxCacheSeconds: 10, maxNegativeCacheSeconds: 2 });
      expect(await client.introspect('token')).toMatchObject({ active: false });
      nowMs += 1_999;
      expect(client.introspect('token')).toMatchObject({ active: false });
      server.say('token', LIVE);
      nowMs += 1;
      expect(await client.introspect('token')).toMatchObject({ active: true });
    });

    it('not at all with 0', async () => {
      server.say('token', LIVE);
      const client = clientOf({ maxCacheSeconds: 0 });
      await client.introspect('token');
      await client.introspect('token');
      expect(server.count).toBe(2);
    });

    it('of maxCachedTokens tokens, the ones used last', async () => {
      const client = clientOf({ maxCachedTokens: 2 });
      for (const token of ['a', 'b', 'a', 'c']) await client.introspect(token);
      expect(server.count).toBe(3);
      expect(client.introspect('a')).not.toBeInstanceOf(Promise);
      await client.introspect('b');
      expect(server.count).toBe(4);
    });

    it('no longer than the caller wants, nor where the clock was set back', async () => {
      server.say('token', LIVE);
      const client = clientOf();
      await client.introspect('token');
      nowMs += 3_000;
      expect(client.introspect('token', 4)).not.toBeInstanceOf(Promise);
      await client.introspect('token', 3);
      nowMs -= 60_000;
      await client.introspect('token');
      expect(server.count).toBe(3);
    });
  });

  describe('asks once', () => {
    it('for all who come while a question is under way', async () => {
      server.say('token', LIVE);
      const release = server.hold();
      const client = clientOf();
      const asked = Array.from({ length: 50 }, () => ask(client, 'token'));
      while (server.count === 0) await new Promise((resolve) => setTimeout(resolve, 5));
      release();
      const answers = new Set(await Promise.all(asked));
      expect([answers.size, server.count]).toEqual([1, 1]);
    });

    it('more for all who want to be certain, after the one under way', async () => {
      server.say('token', LIVE);
      const release = server.hold();
      const client = clientOf();
      const early = client.introspect('token');
      while (server.count === 0) await new Promise((resolve) => setTimeout(resolve, 5));
      // From here on the token is revoked: the question under way may not know it yet.
      const late = Array.from({ length: 50 }, () => ask(client, 'token', 0));
      release();
      expect(await early).toMatchObject({ active: true });
      server.say('token', { active: false });
      for (const answer of await Promise.all(late)) expect(answer.active).toBe(false);
      expect(server.count).toBe(2);
    });

    it('anew where the last answer was kept, for whoever wants to be certain', async () => {
      server.say('token', LIVE);
      const client = clientOf();
      await client.introspect('token');
      server.say('token', { active: false });
      expect(await client.introspect('token', 0)).toMatchObject({ active: false });
      expect(client.introspect('token')).toMatchObject({ active: false });
    });
  });

  describe('cannot tell, and says when to come back,', () => {
    it.each<[string, Parameters<typeof fault>[0]]>([
      ['a status of 500', { status: 500 }],
      ['credentials that the issuer refuses', { status: 401 }],
      ['a status of 400', { status: 400 }],
      ['a redirect', { status: 307, headers: { location: '/elsewhere' } }],
      ['another media type', { headers: { 'content-type': 'text/html' }, body: '{"active":true}' }],
      ['no media type', { headers: {}, body: '{"active":true}' }],
      ['a body that is no JSON', { body: 'active' }],
      ['a repeated member', { body: '{"active":false,"active":true}' }],
      ['an answer without active', { body: '{"sub":"alice"}' }],
      ['an active that is text', { body: '{"active":"true"}' }],
      ['an active that is a number', { body: '{"active":1}' }],
      ['an array', { body: '[{"active":true}]' }],
      ['a body without end', { body: `{"active":true,"x":"${'x'.repeat(70_000)}"}` }],
      ['a signed answer that nobody asked for', { headers: JWT_TYPE, body: 'a.b.c' }],
    ])('because of %s', async (_, what) => {
      server.reply = fault(what);
      const error = await failureOf(clientOf().introspect('the-token'));
      expect(error.retryAfterSeconds).toBeGreaterThanOrEqual(1);
      expect(error.message).not.toContain('the-token');
      expect(error.message).not.toContain('kws_secret');
    });

    it('because of a stalled answer', async () => {
      server.reply = () => undefined;
      const error = await failureOf(clientOf({ timeoutMs: 100 }).introspect('token'));
      expect(error.detail).toBe('no answer in time');
    });

    it('because of a body that stalls', async () => {
      server.reply = (_, response) => {
        response.writeHead(200, { 'content-type': 'application/json' }).write('{"active":');
      };
      const error = await failureOf(clientOf({ timeoutMs: 100 }).introspect('token'));
      expect(error.detail).toBe('no answer in time');
    });

    it('because nobody is there, and keeps no failure', async () => {
      const client = clientOf();
      const { reply } = server;
      server.reply = (_, response) => response.destroy();
      await failureOf(client.introspect('token'));
      server.reply = reply;
      expect(await client.introspect('token')).toMatchObject({ active: false });
    });

    it('because too many questions are under way', async () => {
      const release = server.hold();
      const client = clientOf({ maxConcurrentRequests: 2 });
      const asked = [ask(client, 'a'), ask(client, 'b')];
      expect((await failureOf(client.introspect('c'))).detail).toContain('too many');
      // Whoever joins one of the two costs nothing.
      asked.push(ask(client, 'a'));
      while (server.count < 2) await new Promise((resolve) => setTimeout(resolve, 5));
      release();
      await Promise.all(asked);
    });
  });

  describe('an issuer that fails', () => {
    it('is left alone for a while, then asked by one request', async () => {
      server.reply = fault({ status: 500 });
      const client = clientOf({ failuresBeforePause: 3, retrySeconds: 4 });
      for (const token of ['a', 'b', 'c', 'd', 'e']) await failureOf(client.introspect(token));
      expect(server.count).toBe(3);
      nowMs += 5_001;
      await Promise.all(['f', 'g', 'h'].map((token) => failureOf(client.introspect(token))));
      expect(server.count).toBe(4);
    });

    it('is asked as ever once it answers again', async () => {
      const { reply } = server;
      server.reply = fault({ status: 503 });
      const client = clientOf({ failuresBeforePause: 1, retrySeconds: 1 });
      await failureOf(client.introspect('a'));
      server.reply = reply;
      nowMs += 1_300;
      for (const token of ['a', 'b', 'c']) await client.introspect(token);
      expect(server.count).toBe(4);
    });

    it('is left alone for as long as it wishes, at once', async () => {
      server.reply = fault({ status: 429, headers: { 'retry-after': '30' } });
      const client = clientOf();
      await failureOf(client.introspect('a'));
      const { retryAfterSeconds } = await failureOf(client.introspect('b'));
      expect(server.count).toBe(1);
      expect(retryAfterSeconds).toBeGreaterThan(20);
    });

    it('is not left alone because of tokens that it calls malformed', async () => {
      server.reply = fault({ status: 400 });
      const client = clientOf({ failuresBeforePause: 2 });
      for (const token of ['a', 'b', 'c', 'd']) await failureOf(client.introspect(token));
      expect(server.count).toBe(4);
    });
  });

  it('serves kept answers while its issuer is down', async () => {
    server.say('token', LIVE);
    const client = clientOf({ failuresBeforePause: 1 });
    await client.introspect('token');
    server.reply = fault({ status: 500 });
    await failureOf(client.introspect('other'));
    expect(client.introspect('token')).toMatchObject({ active: true });
  });

  it('finds the endpoint by the metadata of its issuer, and tries again where that fails', async () => {
    const keys = new FixedKeySource([]);
    const trust = { issuer: server.url, algorithms: [], keys, toleranceSeconds: 5 };
    const options = { client: { clientId: 'orders', clientSecret: 's' } };
    const client = new IntrospectionClient(trust, options, () => nowMs);
    await failureOf(client.introspect('token'));
    server.server.serve('/.well-known/oauth-authorization-server', {
      issuer: server.url,
      introspection_endpoint: server.endpoint,
    });
    expect(await client.introspect('token')).toMatchObject({ active: false });
  });

  it.each<[string, Partial<IntrospectionOptions>]>([
    ['plain http elsewhere', { endpoint: 'http://as.example/introspect' }],
    ['an endpoint with credentials', { endpoint: 'https://a:b@as.example/introspect' }],
    ['a limit that is no number', { maxCacheSeconds: NaN }],
    ['no time at all', { timeoutMs: 0 }],
    ['a negative limit', { maxCachedTokens: -1 }],
    ['no client', { client: { clientId: '', clientSecret: 's' } }],
    ['no secret', { client: { clientId: 'orders', clientSecret: '' } }],
    ['no method', { client: { clientId: 'a', clientSecret: 's', method: 'none' as never } }],
  ])('does not start with %s', (_, options) => {
    expect(() => clientOf(options)).toThrow(TypeError);
  });
});

function fault({
  status = 200,
  headers = { 'content-type': 'application/json' },
  body = '{"active":true}',
}: {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}): IntrospectionServer['reply'] {
  return (_, response) => response.writeHead(status, headers).end(body);
}
