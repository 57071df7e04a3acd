/** Handlers of transports that the guards do not know: refused, whatever their arguments carry. */
import { Controller, Get } from '@nestjs/common';
import { ExternalContextCreator } from '@nestjs/core';
import { Authenticated, HandlerClosedError, Public, Scopes } from '@keyward/auth';
import { TestClock } from '../support/resource-server-clock.js';
import { PLATFORMS, ResourceServer } from '../support/resource-server.js';
import { createSigningKey, TokenForge } from '../support/token-forge.js';

const ISSUER = 'https://as.example';
const AUDIENCE = 'https://orders.example';
const clock = new TestClock();
const forge = new TokenForge(ISSUER, AUDIENCE, createSigningKey('ES256', 'ec-1'), clock);

@Controller()
class ResolverController {
  @Get('scoped') @Scopes('orders:read') scoped(): string {
    return 'scoped';
  }
  @Get('authenticated') @Authenticated() authenticated(): string {
    return 'authenticated';
  }
  @Get('public') @Public() open(): string {
    return 'open';
  }
}

/** What an authenticated HTTP request looks like. */
const request = (): { headers: object } => {
  const authorization = `Bearer ${forge.forge()}`;
  return { headers: { authorization }, rawHeaders: ['Authorization', authorization] } as never;
};

/** The request that opens a WebSocket, with a good token in its header. */
const upgrade = (): object => ({ headers: { ...request().headers, upgrade: 'websocket' } });

type HandlerName = 'scoped' | 'authenticated' | 'open';

describe.each(PLATFORMS)('a handler context that the guard does not know, on %s', (platform) => {
  let server: ResourceServer;

  beforeAll(async () => {
    server = await ResourceServer.start(platform, {
      trusts: [{ issuer: ISSUER, audience: AUDIENCE, jwks: { keys: [forge.key.jwk] } }],
      clock: clock.nowMs,
      controllers: [ResolverController],
    });
  });

  beforeEach(() => server.forget());

  afterAll(() => server.stop());

  /** Calls a handler as Nest's own GraphQL, WebSocket and microservice packages do. */
  const call = (name: HandlerName, type: string, args: readonly unknown[]): Promise<unknown> => {
    const instance = server.app.get(ResolverController);
    const creator = server.app.get(ExternalContextCreator, { strict: false });
    const handler = creator.create(
      instance,
      instance[name],
      name,
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
      type,
    );
    return handler(...args) as Promise<unknown>;
  };

  it('lets a @Public handler be called, so that the others are refused by their guard', async () => {
    await expect(call('open', 'graphql', [])).resolves.toBe('open');
    expect(server.reached).toEqual(['ResolverController.open']);
  });

  it.each(
    ['ws', 'rmq', 'HTTP', 'http ', 'GraphQL', 'rpc ', 'constructor'].flatMap((type) =>
      (['scoped', 'authenticated'] as const).map((name) => [type, name] as const),
    ),
  )(
    'refuses a %j call of a handler that is %s, with a good token in every place',
    async (type, name) => {
      const context = { req: request(), token: forge.forge() };
      await expect(call(name, type, [request(), request(), context, {}])).rejects.toThrow(
        HandlerClosedError,
      );
      expect(server.reached).toEqual([]);
      expect(server.refusals).toEqual([
        expect.objectContaining({
          stage: 'context',
          reason: 'unknown_context',
          status: 403,
          handler: `ResolverController.${name}`,
          detail: JSON.stringify(type),
        }),
      ]);
      expect(server.logged.join('')).not.toContain('Bearer ');
    },
  );

  it.each<[string, string, readonly unknown[]]>([
    ['graphql', 'without a context', [{}, {}]],
    ['graphql', 'whose context has no request', [{}, {}, { token: forge.forge() }, {}]],
    ['graphql', 'whose request is a token', [{}, {}, { req: forge.forge() }, {}]],
    ['graphql', 'over a socket that nobody authenticated', [{}, {}, { req: upgrade() }, {}]],
    ['ws', 'of a socket that nobody authenticated', [request(), {}]],
  ])('refuses a %s call %s', async (type, _name, args) => {
    await expect(call('scoped', type, args)).rejects.toThrow(HandlerClosedError);
    expect(server.reached).toEqual([]);
    expect(server.refusals).toMatchObject([{ reason: 'unknown_context', status: 403 }]);
  });

  it.each<[string, readonly unknown[]]>([
    ['nothing', []],
    ['null', [null]],
    ['text', ['Bearer x']],
    ['an object without headers', [{}]],
    ['headers of null', [{ headers: null }]],
    ['empty headers', [{ headers: {} }]],
  ])('lets no call in that says http and whose request is %s', async (_name, args) => {
    await expect(call('scoped', 'http', args)).rejects.toThrow();
    expect(server.reached).toEqual([]);
  });
});
