import { Controller, Get, type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AuthModule, CurrentPrincipal, Scopes, type Principal } from '@keyward/auth';
import { bearer, describeResourceServer, HandlerCalls, TestIssuer } from '@keyward/auth/testing';
import request from 'supertest';

@Controller('orders')
class OrdersController {
  @Get()
  @Scopes('orders:read')
  list(@CurrentPrincipal() { subject }: Principal) {
    return { ordersOf: subject };
  }
}

describe('orders', () => {
  const handlerCalls = new HandlerCalls();
  let issuer: TestIssuer;
  let app: INestApplication;

  beforeAll(async () => {
    issuer = await TestIssuer.start({ audience: 'https://orders.example.com' });
    const auth = AuthModule.forRoot({ trusts: [issuer.trust()], clock: issuer.clock.now });
    const root = { module: class {}, imports: [auth], controllers: [OrdersController] };
    app = await NestFactory.create(root, { logger: false });
    app.useGlobalInterceptors(handlerCalls);
    await app.listen(0, '127.0.0.1');
  });

  afterAll(async () => {
    await app.close();
    await issuer.stop();
  });

  it('are those of the caller', async () => {
    const token = issuer.token({ sub: 'bob', scope: 'orders:read' });
    const list = () => request(app.getHttpServer()).get('/orders').use(bearer(token));
    await list().expect(200, { ordersOf: 'bob' });
    issuer.clock.advanceSeconds(600);
    await list().expect(401);
    issuer.clock.reset();
  });

  // The attack table, some 60 tests.
  describeResourceServer(() => app, {
    issuer: () => issuer,
    route: 'GET /orders',
    scopes: ['orders:read'],
    revocations: true,
    handlerCalls,
  });
});
