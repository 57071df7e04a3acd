/** An application with a handler that nobody decided about, or that nothing guards, does not start. */
import { Controller, Get, Injectable, Scope, Sse, UseGuards, type Type } from '@nestjs/common';
import { EventPattern, GrpcMethod, MessagePattern, Transport } from '@nestjs/microservices';
import { SubscribeMessage, WebSocketGateway, type OnGatewayConnection } from '@nestjs/websockets';
import {
  ApplicationGuard,
  Authenticated,
  Public,
  Scopes,
  UndecoratedHandlerError,
  UnguardedHandlerError,
  type AuthModuleExtras,
  type AuthModuleOptions,
} from '@keyward/auth';
import { EMPTY, type Observable } from 'rxjs';
import { freeLoopbackPort } from '../support/free-loopback-port.js';
import { TestClock } from '../support/resource-server-clock.js';
import { ResourceServer, type ResourceServerOptions } from '../support/resource-server.js';
import { createSigningKey, TokenForge } from '../support/token-forge.js';

const ISSUER = 'https://as.example';
const AUDIENCE = 'https://orders.example';
const clock = new TestClock();
const forge = new TokenForge(ISSUER, AUDIENCE, createSigningKey('ES256', 'ec-1'), clock);
const trusts = [{ issuer: ISSUER, audience: AUDIENCE, jwks: { keys: [forge.key.jwk] } }];

@Controller()
class MessagesController {
  @MessagePattern('orders.read') @Scopes('orders:read') read(): string {
    return 'read';
  }
  @EventPattern('orders.paid') @Authenticated() paid(order: string): string {
    return order;
  }
  @MessagePattern('ping') @Public() ping(): string {
    return 'pong';
  }
}

@Controller()
@UseGuards(ApplicationGuard)
class NamingController {
  @MessagePattern('orders.read') @Scopes('orders:read') read(): string {
    return 'read';
  }
}

@Controller({ scope: Scope.REQUEST })
class RequestScopedController {
  @MessagePattern('orders.count') @Scopes('orders:read') count(): number {
    return 1;
  }
}

@Controller()
class UndecidedController {
  @MessagePattern({ cmd: 'sum' }) sum(): number {
    return 1;
  }
  @EventPattern('told') told(order: string): string {
    return order;
  }
  @GrpcMethod('Orders', 'Find') find(): string {
    return 'ok';
  }
  @Sse('events') events(): Observable<never> {
    return EMPTY;
  }
  @Get('decided') @Public() decided(): string {
    return 'ok';
  }
}

@WebSocketGateway()
class UndecidedGateway {
  @SubscribeMessage('say') say(): string {
    return 'ok';
  }
}

@WebSocketGateway()
class ChatGateway implements OnGatewayConnection {
  handleConnection(): string {
    return 'ok';
  }
  @SubscribeMessage('say') @Scopes('chat') say(): string {
    return 'ok';
  }
}

@WebSocketGateway()
class ListeningGateway {
  @SubscribeMessage('say') @Scopes('chat') say(): string {
    return 'ok';
  }
}

@WebSocketGateway()
@Public()
@Injectable()
class PublicGateway implements OnGatewayConnection {
  handleConnection(): string {
    return 'ok';
  }
  @SubscribeMessage('say') say(): string {
    return 'ok';
  }
}

/** Starts an application, and returns why it did not. */
async function failureOf(options: Partial<ResourceServerOptions>): Promise<unknown> {
  let server: ResourceServer;
  try {
    server = await ResourceServer.start('express', { trusts, clock: clock.nowMs, ...options });
  } catch (error) {
    return error;
  }
  await server.stop();
  return undefined;
}

/** A hybrid application whose microservice listens to nothing until it is started. */
function hybrid(
  controllers: readonly Type[],
  connection: { inheritAppConfig?: boolean; deferInitialization?: boolean } = {},
  rest: Partial<AuthModuleOptions & { extras: AuthModuleExtras }> = {},
): Partial<ResourceServerOptions> {
  return {
    controllers,
    configure: (app) =>
      void app.connectMicroservice({ transport: Transport.TCP, options: { port: 1 } }, connection),
    ...rest,
  };
}

describe('the audit of decisions', () => {
  it('lists the undecided handlers of every transport', async () => {
    const failure = await failureOf({
      controllers: [UndecidedController],
      providers: [UndecidedGateway],
    });
    expect(failure).toBeInstanceOf(UndecoratedHandlerError);
    expect((failure as UndecoratedHandlerError).handlers).toEqual([
      'UndecidedController.sum',
      'UndecidedController.told',
      'UndecidedController.find',
      'UndecidedController.events',
      'UndecidedGateway.say',
    ]);
  });

  it('only warns where it is told to, and then closes the handler all the same', async () => {
    const server = await ResourceServer.start('express', {
      trusts,
      controllers: [UndecidedController],
      routeAudit: 'warn',
    });
    expect(server.logged.join('\n')).toContain('UndecidedController.events');
    expect((await server.send('/events')).status).toBe(401);
    await server.stop();
  });
});

describe('the audit of guards in a hybrid application', () => {
  it('refuses a microservice that is connected without inheritAppConfig', async () => {
    const failure = await failureOf(hybrid([MessagesController]));
    expect(failure).toBeInstanceOf(UnguardedHandlerError);
    const { handlers, message } = failure as UnguardedHandlerError;
    // Whoever is public needs no guard.
    expect(handlers).toEqual(['MessagesController.read', 'MessagesController.paid']);
    expect(message).toContain('inheritAppConfig: true');
  });

  it.each<[string, Partial<ResourceServerOptions>]>([
    ['inheritAppConfig', hybrid([MessagesController], { inheritAppConfig: true })],
    [
      'inheritAppConfig and a request-scoped controller beside others',
      hybrid([RequestScopedController, MessagesController], { inheritAppConfig: true }),
    ],
    ['guards that the controller names', hybrid([NamingController])],
    [
      'guards that the controller names, without global ones',
      hybrid([NamingController], {}, { extras: { global: false } }),
    ],
    ['no microservice', { controllers: [MessagesController] }],
  ])('starts with %s', async (_name, options) => {
    expect(await failureOf(options)).toBeUndefined();
  });

  it.each<[string, Partial<ResourceServerOptions>]>([
    [
      'two microservices, one of which inherits',
      {
        controllers: [MessagesController],
        configure: (app) => {
          const tcp = { transport: Transport.TCP, options: { port: 1 } } as const;
          app.connectMicroservice(tcp, { inheritAppConfig: true });
          app.connectMicroservice(tcp);
        },
      },
    ],
    [
      'no global guards to inherit',
      hybrid([MessagesController], { inheritAppConfig: true }, { extras: { global: false } }),
    ],
    [
      'nothing but request-scoped controllers, of which nothing can be known',
      hybrid([RequestScopedController], { inheritAppConfig: true }),
    ],
  ])('refuses %s', async (_name, options) => {
    expect(await failureOf(options)).toBeInstanceOf(UnguardedHandlerError);
  });

  it('refuses a microservice that is connected, or set up, after the start', async () => {
    const server = await ResourceServer.start('express', {
      ...hybrid([MessagesController], { deferInitialization: true }),
      trusts,
    });
    try {
      const { app } = server;
      await expect(app.startAllMicroservices()).rejects.toThrow(UnguardedHandlerError);
      const tcp = { transport: Transport.TCP, options: { port: 1 } } as const;
      expect(() => app.connectMicroservice(tcp)).toThrow(UnguardedHandlerError);
      expect(() => app.connectMicroservice(tcp, { inheritAppConfig: true })).not.toThrow();
    } finally {
      await server.stop();
    }
  });

  it('lets one that is set up late and inherits start', async () => {
    const port = await freeLoopbackPort();
    const server = await ResourceServer.start('express', {
      trusts,
      controllers: [MessagesController],
      configure: (app) =>
        void app.connectMicroservice(
          { transport: Transport.TCP, options: { host: '127.0.0.1', port } },
          { inheritAppConfig: true, deferInitialization: true },
        ),
    });
    await server.app.startAllMicroservices();
    await server.stop();
  });
});

describe('the audit of gateways', () => {
  it.each([ChatGateway, ListeningGateway])(
    'refuses %p where nothing looks at who connects',
    async (gateway) => {
      const failure = await failureOf({ controllers: [], providers: [gateway] });
      expect(failure).toBeInstanceOf(UnguardedHandlerError);
      expect((failure as UnguardedHandlerError).handlers).toEqual([
        `${gateway.name}.handleConnection`,
      ]);
      expect((failure as UnguardedHandlerError).message).toContain('ProtectedWebSocketAdapter');
    },
  );

  it('lets a gateway that is public as a whole be', async () => {
    expect(await failureOf({ controllers: [], providers: [PublicGateway] })).toBeUndefined();
  });
});
