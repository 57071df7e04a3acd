import { Controller, Module, Sse, type MessageEvent } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AuthModule, CurrentPrincipal, Scopes, type Principal } from '@keyward/auth';
import { interval, map, type Observable } from 'rxjs';

@Controller('orders')
class OrdersController {
  @Sse('events')
  @Scopes('orders:read')
  events(@CurrentPrincipal() { subject }: Principal): Observable<MessageEvent> {
    return interval(1000).pipe(map((count) => ({ data: { subject, count } })));
  }
}

const trusts = [{ issuer: 'https://login.example.com', audience: 'https://orders.example.com' }];

@Module({ imports: [AuthModule.forRoot({ trusts })], controllers: [OrdersController] })
class OrdersModule {}

export function createApplication() {
  return NestFactory.create(OrdersModule, { logger: ['error'] });
}
