import { Controller, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { MessagePattern, Payload, Transport, type ClientProxy } from '@nestjs/microservices';
import {
  AuthModule,
  authorized,
  carryAccessTokens,
  CurrentPrincipal,
  Scopes,
  type Principal,
} from '@keyward/auth';

@Controller()
class OrdersController {
  @MessagePattern('orders.find')
  @Scopes('orders:read')
  find(@Payload() { id }: { id: string }, @CurrentPrincipal() { subject }: Principal) {
    return { id, subject };
  }
}

const trusts = [{ issuer: 'https://login.example.com', audience: 'https://orders.example.com' }];

@Module({ imports: [AuthModule.forRoot({ trusts })], controllers: [OrdersController] })
class OrdersModule {}

export async function createApplication() {
  const app = await NestFactory.create(OrdersModule, { logger: ['error'] });
  const options = { host: '127.0.0.1', port: 0 };
  app.connectMicroservice({ transport: Transport.TCP, options }, { inheritAppConfig: true });
  return app;
}

/** A caller, over TCP or Redis. Once for each client: `carryAccessTokens(client)`. */
export function findOrder(client: ClientProxy, id: string, accessToken: string) {
  carryAccessTokens(client);
  return client.send('orders.find', authorized({ id }, accessToken));
}
