/** Access decorators that contradict each other, say nothing or say nonsense: no application starts. */
import { applyDecorators, Controller, Get, type Type } from '@nestjs/common';
import {
  AnyScope,
  Authenticated,
  ContradictoryAccessError,
  Public,
  Roles,
  Scopes,
  UndecoratedHandlerError,
} from '@keyward/auth';
import { TestClock } from '../support/resource-server-clock.js';
import { expectRefused } from '../support/resource-server-refusal.js';
import {
  PLATFORMS,
  ResourceServer,
  type ResourceServerOptions,
} from '../support/resource-server.js';
import { createSigningKey, TokenForge } from '../support/token-forge.js';

const ISSUER = 'https://as.example';
const AUDIENCE = 'https://orders.example';
const clock = new TestClock();
const forge = new TokenForge(ISSUER, AUDIENCE, createSigningKey('ES256', 'ec-1'), clock);

const options = (
  controllers: readonly Type[],
  routeAudit?: ResourceServerOptions['routeAudit'],
): ResourceServerOptions => ({
  trusts: [{ issuer: ISSUER, audience: AUDIENCE, jwks: { keys: [forge.key.jwk] } }],
  clock: clock.nowMs,
  controllers,
  routeAudit,
});

@Controller()
class PublicAndScoped {
  @Get() @Public() @Scopes('a') both(): string {
    return 'never';
  }
}

@Controller()
class PublicAndAuthenticated {
  @Get() @Authenticated() @Public() both(): string {
    return 'never';
  }
}

@Controller()
class ComposedContradiction {
  @Get() @applyDecorators(Public(), Roles('a')) both(): string {
    return 'never';
  }
}

@Controller()
@Public()
@AnyScope('a')
class ContradictoryClass {
  @Get() both(): string {
    return 'never';
  }
}

@Controller('decided')
@Authenticated()
class DecidedController {
  @Get() decided(): string {
    return 'ok';
  }
}

@Controller('silent')
class SilentController {
  @Get() @Public() spoken(): string {
    return 'ok';
  }
  @Get('one') one(): string {
    return 'ok';
  }
  @Get('two') two(): string {
    return 'ok';
  }
}

describe.each(PLATFORMS)('an application whose decorators make no sense, on %s', (platform) => {
  const contradictions = [
    PublicAndScoped,
    PublicAndAuthenticated,
    ComposedContradiction,
    ContradictoryClass,
  ];

  it.each(
    contradictions.flatMap((controller) =>
      (['error', 'warn', 'off'] as const).map(
        (audit) => [controller.name, audit, controller] as const,
      ),
    ),
  )('does not start with %s, whatever the audit: %s', async (_name, audit, controller) => {
    await expect(ResourceServer.start(platform, options([controller], audit))).rejects.toThrow(
      ContradictoryAccessError,
    );
  });

  it('does not start with a handler that nobody decided about, and names each', async () => {
    const starting = ResourceServer.start(platform, options([SilentController, DecidedController]));
    await expect(starting).rejects.toThrow(UndecoratedHandlerError);
    await expect(starting).rejects.toMatchObject({
      handlers: ['SilentController.one', 'SilentController.two'],
    });
  });

  it.each(['warn', 'off'] as const)('still wants a token for such a handler: %s', async (audit) => {
    const server = await ResourceServer.start(platform, options([SilentController], audit));
    try {
      expect(/nobody said.*SilentController\.one/.test(server.logged.join('\n'))).toBe(
        audit === 'warn',
      );
      const answer = await server.send('/silent/one');
      const handler = 'SilentController.one';
      expectRefused(server, answer, { stage: 'extraction', reason: 'no_token', handler });
      expect((await server.get('/silent/one', forge.forge())).status).toBe(200);
    } finally {
      await server.stop();
    }
  });
});

describe('a decorator that asks for nothing or for nonsense', () => {
  it.each<[string, () => unknown]>([
    ['@Scopes()', () => (Scopes as () => unknown)()],
    ['@Scopes of an empty text', () => Scopes('')],
    ['@Scopes of two in one text', () => Scopes('a b')],
    ['@Scopes of a quote', () => Scopes('a"b')],
    ['@Scopes of a list', () => (Scopes as (list: unknown) => unknown)(['a'])],
    ['@Scopes of undefined', () => (Scopes as (nothing: unknown) => unknown)(undefined)],
    ['@AnyScope()', () => (AnyScope as () => unknown)()],
    ['@AnyScope of a line end', () => AnyScope('a', 'b\n')],
    ['@Roles()', () => (Roles as () => unknown)()],
    ['@Roles of an empty text', () => Roles('')],
  ])('stops the program where it is written: %s', (_name, decorate) => {
    expect(decorate).toThrow(TypeError);
  });
});
