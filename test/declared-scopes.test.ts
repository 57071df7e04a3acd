/** Scopes that a team declares once: what nobody declared does not start. */
import { Controller, Get } from '@nestjs/common';
import { AnyScope, defineScopes, Public, Scopes, UndeclaredScopeError } from '@keyward/auth';
import { ResourceServer, type ResourceServerOptions } from './support/resource-server.js';
import { createSigningKey } from './support/token-forge.js';

const key = createSigningKey('ES256', 'ec-1');
const scopes = defineScopes({ 'orders:read': 'See your orders', 'orders:write': 'Change them' });

@Controller()
class GoodController {
  @Get('a') @Scopes('orders:read') read() {
    return 'ok';
  }
  @Get('b') @AnyScope('orders:read', 'orders:write') either() {
    return 'ok';
  }
  @Get('c') @Public() open() {
    return 'ok';
  }
}

@Controller()
class MisspeltController {
  @Get('d') @Scopes('orders:raed') read() {
    return 'never';
  }
  @Get('e') @AnyScope('orders:read', 'orders:wirte') either() {
    return 'never';
  }
  @Get('f') @Scopes('toString') inherited() {
    return 'never';
  }
}

const start = (options: Partial<ResourceServerOptions>): Promise<ResourceServer> =>
  ResourceServer.start('express', {
    trusts: [
      { issuer: 'https://as.example', audience: 'https://rs.example', jwks: { keys: [key.jwk] } },
    ],
    controllers: [GoodController],
    scopes,
    ...options,
  });
const failureOf = (options: Partial<ResourceServerOptions>): Promise<unknown> =>
  start(options).then(
    (server) => server.stop(),
    (error: unknown) => error,
  );

describe('declared scopes', () => {
  it('start where every handler keeps to them', async () => {
    await (await start({})).stop();
  });

  it('name every handler and scope that is not among them', async () => {
    const error = await failureOf({
      controllers: [GoodController, MisspeltController],
    });
    expect(error).toBeInstanceOf(UndeclaredScopeError);
    expect((error as UndeclaredScopeError).handlers).toEqual([
      'MisspeltController.read: orders:raed',
      'MisspeltController.either: orders:wirte',
      'MisspeltController.inherited: toString',
    ]);
  });

  it.each(['warn', 'off'] as const)('are no obstacle with routeAudit %s', async (routeAudit) => {
    const server = await start({ controllers: [MisspeltController], routeAudit });
    expect(server.logged.join('\n').includes('orders:raed')).toBe(routeAudit === 'warn');
    await server.stop();
  });

  it('are not missed where there are none', async () => {
    expect(
      await failureOf({ controllers: [MisspeltController], scopes: undefined }),
    ).toBeUndefined();
  });

  it.each(['', 'a b', 'a"b', 'ä'])('cannot be called %j', (name) => {
    expect(() => defineScopes({ [name]: 'never' })).toThrow(TypeError);
  });
});
