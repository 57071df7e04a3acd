/** GraphQL: queries, mutations and fields over HTTP, subscriptions over graphql-ws; on both drivers. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type INestApplication } from '@nestjs/common';
import { UnguardedHandlerError } from '@keyward/auth';
import { type Client } from 'graphql-ws';
import { DRIVERS, query, SHOP, startGraphql, subscriber, type News } from './graphql.fixture.js';
import { token, tokenFor, trustWithFeed } from './websocket.fixture.js';

describe.each(DRIVERS)('resolvers on %s', (driver) => {
  const { trust, revocations } = trustWithFeed();
  let app: INestApplication;
  let url: string;
  let news: News;
  const clients: Client[] = [];

  beforeAll(async () => {
    const auth = { resourceMetadata: 'https://chat.example/metadata' };
    ({ app, url, news } = await startGraphql(driver, { trust, auth }));
  }, 60_000);

  afterEach(() => clients.splice(0).forEach((client) => void client.dispose()));

  afterAll(() => app.close());

  const subscribe = (params: object, headers?: object) => {
    const made = subscriber(url, params, headers);
    clients.push(made.client);
    return made;
  };
  const bearer = (value: string) => ({ authorization: `Bearer ${value}` });
  const reader = (claims: object = {}) => token({ scope: 'news:read', ...claims });

  describe('over HTTP', () => {
    it('know who is calling', async () => {
      expect(await query(url, '{ me }', token())).toMatchObject({ data: { me: 'alice' } });
    });

    it('are asked one by one: what is allowed is answered', async () => {
      const both = '{ version me orders { id note } }';
      const good = await query(url, both, token({ scope: 'orders:read' }));
      expect(good.errors).toBeUndefined();
      expect(good.data?.['orders']).toEqual([{ id: '1', note: 'as its operation' }]);
      expect((await query(url, '{ version }')).data).toEqual({ version: 'nobody' });
    });

    it.each([
      ['no token', '{ me }', () => undefined, 'UNAUTHENTICATED', undefined],
      [
        'a forged token',
        '{ me }',
        () => `${token().slice(0, -8)}AAAAAAAA`,
        'UNAUTHENTICATED',
        'invalid_token',
      ],
      [
        'a token without the scope',
        '{ orders { id } }',
        () => token(),
        'FORBIDDEN',
        'insufficient_scope',
      ],
      [
        'a token without the scope of a mutation',
        'mutation { place }',
        () => token(),
        'FORBIDDEN',
        'insufficient_scope',
      ],
    ])(
      'answer %s with an error that names the code, and nothing of ours',
      async (_name, text, made, code, error) => {
        const answer = await query(url, text, made());
        expect(answer.data ?? null).toBeNull();
        const extensions = answer.errors?.[0]?.extensions;
        expect(extensions).toMatchObject({ code });
        expect(extensions?.['error']).toBe(error);
        expect(answer.challenge).toContain('resource_metadata="https://chat.example/metadata"');
        expect(JSON.stringify(answer)).not.toMatch(/\.[tj]s:|node_modules|eyJ/);
      },
    );
  });

  describe('over graphql-ws', () => {
    it('bring what the bearer may see', async () => {
      const { client } = subscribe(bearer(reader()));
      const events = client.iterate({ query: 'subscription { news }' });
      const first = events.next();
      const timer = setInterval(() => news.publish('hello'), 20);
      expect((await first).value).toEqual({ data: { news: 'hello' } });
      clearInterval(timer);
    });

    it('take the token of the header of the upgrade', async () => {
      const { client } = subscribe({}, { Authorization: `Bearer ${reader()}` });
      const events = client.iterate({ query: 'subscription { news }' });
      const first = events.next();
      const timer = setInterval(() => news.publish('hello'), 20);
      expect((await first).value).toEqual({ data: { news: 'hello' } });
      clearInterval(timer);
    });

    it.each([
      ['without a token', () => ({}), 'UNAUTHENTICATED', undefined],
      ['without the scope', () => bearer(token()), 'FORBIDDEN', 'insufficient_scope'],
    ])('refuse a subscription %s', async (_name, params, code, error) => {
      const { client } = subscribe(params());
      const events = client.iterate({ query: 'subscription { news }' });
      const refused: unknown = await events.next().then(
        ({ value }) => (value as { errors: object[] }).errors[0],
        (errors: object[]) => errors[0],
      );
      expect(refused).toMatchObject({ extensions: { code, ...(error && { error }) } });
    });

    it.each<[string, () => object, object, number]>([
      ['a forged token', () => bearer(`${reader().slice(0, -8)}AAAAAAAA`), {}, 4401],
      ['an expired token', () => bearer(tokenFor(-1)), {}, 4401],
      ['a malformed token', () => ({ authorization: 7 }), {}, 4401],
      ['two tokens', () => bearer(reader()), { Authorization: `Bearer ${reader()}` }, 4401],
      [
        'a page of another origin',
        () => bearer(reader()),
        { Origin: 'https://evil.example' },
        4403,
      ],
    ])('close a connection with %s', async (_name, params, headers, code) => {
      const { client, closed } = subscribe(params(), headers);
      const events = client.iterate({ query: 'subscription { news }' });
      const failed = expect(events.next()).rejects.toBeDefined();
      expect((await closed).code).toBe(code);
      await failed;
    });

    it('let pages in of the origins that they are told of', async () => {
      const { client } = subscribe(bearer(reader()), { Origin: SHOP });
      const events = client.iterate({ query: 'subscription { news }' });
      const first = events.next();
      const timer = setInterval(() => news.publish('hello'), 20);
      expect((await first).value).toEqual({ data: { news: 'hello' } });
      clearInterval(timer);
    });

    it.each([
      ['expires', () => tokenFor(2, { scope: 'news:read' }), () => undefined],
      [
        'is revoked',
        () => reader({ jti: `s-${driver}` }),
        () => revocations.push({ kind: 'jti', value: `s-${driver}` }),
      ],
    ])('end with 4401 when the token %s', async (_name, made, happen) => {
      const { client, closed } = subscribe(bearer(made()));
      const events = client.iterate({ query: 'subscription { news }' });
      const first = events.next();
      const timer = setInterval(() => news.publish('hello'), 20);
      await first;
      clearInterval(timer);
      happen();
      expect((await closed).code).toBe(4401);
    });
  });
});

describe.each(DRIVERS)('fields and connections that nothing guards, on %s', (driver) => {
  const { trust } = trustWithFeed();

  it('keep the application from starting where a field asks for more than its operation', async () => {
    const failure = await startGraphql(driver, { trust, margin: true }).then(
      ({ app }) => app.close(),
      (error: unknown) => error,
    );
    expect(failure).toBeInstanceOf(UnguardedHandlerError);
    expect((failure as Error).message).toContain("fieldResolverEnhancers: ['guards']");
  }, 60_000);

  it('are guarded where Nest is told to', async () => {
    const options = { trust, margin: true, fieldResolverEnhancers: ['guards'] } as const;
    const { app, url } = await startGraphql(driver, options);
    const text = '{ orders { id margin } }';
    const refused = await query(url, text, token({ scope: 'orders:read' }));
    expect(refused.errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN' });
    const good = await query(url, text, token({ scope: 'orders:read orders:margin' }));
    expect(good.data).toEqual({ orders: [{ id: '1', margin: '12%' }] });
    await app.close();
  }, 60_000);

  it('refuse subscriptions over a connection that nothing looked at', async () => {
    const { app, url } = await startGraphql(driver, {
      trust,
      protect: false,
      margin: true,
      fieldResolverEnhancers: ['guards'],
    });
    const authorization = `Bearer ${token({ scope: 'news:read' })}`;
    const { client } = subscriber(url, { authorization }, { Authorization: authorization });
    const events = client.iterate({ query: 'subscription { news }' });
    const refused: unknown = await Promise.race([
      events.next().then(
        ({ value }) => (value as { errors: object[] }).errors[0],
        (errors: object[]) => errors[0],
      ),
      sleep(5000, 'nothing'),
    ]);
    expect(refused).toMatchObject({ extensions: { code: 'FORBIDDEN' } });
    await client.dispose();
    await app.close();
  }, 60_000);
});
