/** The table of who may call what, over every transport. */
import { Controller, Get, Module, Post, Sse } from '@nestjs/common';
import { NestFactory, RouterModule } from '@nestjs/core';
import { Mutation, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { EventPattern, MessagePattern } from '@nestjs/microservices';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import {
  AccessPolicies,
  AnyScope,
  AuthModule,
  Authenticated,
  describeAccess,
  formatAccess,
  Introspect,
  Public,
  Roles,
  Scopes,
  StepUp,
} from '@keyward/auth';
import { EMPTY, type Observable } from 'rxjs';

@Controller('orders')
@Scopes('orders:read')
class OrdersController {
  @Get() list(): string {
    return 'ok';
  }
  @Post(['', 'batch'])
  @Scopes('orders:write', 'orders:read')
  @Roles('clerk', 'admin')
  place(): string {
    return 'ok';
  }
  @Get('cancel')
  @StepUp({ acr: 'urn:mfa', maxAgeSeconds: 60 })
  @Introspect()
  cancel(): string {
    return 'ok';
  }
  @Get('health') @Public() health(): string {
    return 'ok';
  }
  @Sse('events') @AnyScope('a', 'b') events(): Observable<never> {
    return EMPTY;
  }
  @MessagePattern('orders.find') find(): string {
    return 'ok';
  }
  @MessagePattern({ cmd: 'sum' }) @Authenticated() sum(): string {
    return 'ok';
  }
  @EventPattern('orders.paid') paid(order: string): string {
    return order;
  }
}

@Controller('ready')
class HealthController {
  @Get() @Public() ready(): string {
    return 'ok';
  }
}

@WebSocketGateway({ namespace: 'chat' })
class ChatGateway {
  @SubscribeMessage('say') @Scopes('chat:write') say(): string {
    return 'ok';
  }
}

@Resolver('Order')
class OrdersResolver {
  @Query('orders') @Scopes('orders:read') orders(): string {
    return 'ok';
  }
  @Mutation('place') @Scopes('orders:write') place(): string {
    return 'ok';
  }
  @ResolveField('items') items(): string {
    return 'ok';
  }
}

@Module({ controllers: [OrdersController] })
class ShopModule {}

@Module({
  imports: [
    AuthModule.forRoot({
      trusts: [{ issuer: 'https://as.example', audience: 'https://orders.example' }],
    }),
    ShopModule,
    RouterModule.register([{ path: 'shop', module: ShopModule }]),
  ],
  controllers: [HealthController],
  providers: [ChatGateway, OrdersResolver],
})
class ApplicationModule {}

describe('describeAccess', () => {
  it('knows every handler before the application is started, in an order that does not change', async () => {
    const app = await NestFactory.create(ApplicationModule, { logger: false });
    app.setGlobalPrefix('api', { exclude: ['ready'] });
    const rows = describeAccess(app).map(({ transport, operation, path, access, handler }) =>
      [transport, operation, path, access, handler].join(' | '),
    );
    expect(rows).toEqual([
      'graphql | field | Order.items | as its operation | OrdersResolver.items',
      'graphql | query | orders | scope orders:read | OrdersResolver.orders',
      'graphql | mutation | place | scope orders:write | OrdersResolver.place',
      'http | GET | /api/shop/orders | scope orders:read | OrdersController.list',
      'http | POST | /api/shop/orders | scope orders:write and orders:read, role clerk or admin | OrdersController.place',
      'http | POST | /api/shop/orders/batch | scope orders:write and orders:read, role clerk or admin | OrdersController.place',
      'http | GET | /api/shop/orders/cancel | scope orders:read, signed in by urn:mfa within 60 s, confirmed by the issuer within 0 s | OrdersController.cancel',
      'http | SSE | /api/shop/orders/events | scope orders:read, scope a or b | OrdersController.events',
      'http | GET | /api/shop/orders/health | public | OrdersController.health',
      'http | GET | /ready | public | HealthController.ready',
      'rpc | message | orders.find | scope orders:read | OrdersController.find',
      'rpc | event | orders.paid | scope orders:read | OrdersController.paid',
      'rpc | message | {"cmd":"sum"} | scope orders:read | OrdersController.sum',
      'ws | connection | /chat | any access token | ChatGateway.handleConnection',
      'ws | message | /chat say | scope chat:write | ChatGateway.say',
    ]);
    expect(describeAccess(app)[1]?.policy.scopes).toEqual(['orders:read']);
    await app.close();
  });

  it('is written as a table that a reviewer can read', () => {
    const policy = new AccessPolicies().of(HealthController, HealthController.prototype.ready);
    const row = { transport: 'http', operation: 'GET', access: 'public', policy } as const;
    expect(
      formatAccess([
        { ...row, path: '/health', handler: 'HealthController.ready' },
        { ...row, path: '/a|b', handler: 'A.b' },
      ]),
    ).toBe(
      [
        '| transport | operation | path      | access | handler                |',
        '| --------- | --------- | --------- | ------ | ---------------------- |',
        '| http      | GET       | `/health` | public | HealthController.ready |',
        '| http      | GET       | `/a\\|b`   | public | A.b                    |',
        '',
      ].join('\n'),
    );
  });
});
