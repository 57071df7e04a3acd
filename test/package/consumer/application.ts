/** An application as a team writes it: a route, a resolver and a gateway, each with the same scope. */
import 'reflect-metadata';
import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import { Controller, Get, UseGuards, type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { GraphQLModule, Query, Resolver } from '@nestjs/graphql';
import { WsAdapter } from '@nestjs/platform-ws';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import {
  ApplicationGuard,
  AuthModule,
  CurrentPrincipal,
  Scopes,
  type Principal,
} from '@keyward/auth';
import { type TestIssuer } from '@keyward/auth/testing';
import { ProtectedWebSocketAdapter } from '@keyward/auth/websockets';
import { parseScope } from '@keyward/oauth';

// @ts-expect-error -- it says so only where the types of the library were found
const wrong: Principal = parseScope('orders:read');

@Controller('orders')
class OrdersController {
  @Get()
  @Scopes('orders:read')
  list(@CurrentPrincipal() { subject }: Principal): object {
    return { ordersOf: subject };
  }
}

@Resolver()
class OrdersResolver {
  @Query(() => String)
  @Scopes('orders:read')
  ordersOf(@CurrentPrincipal() { subject }: Principal): string {
    return subject;
  }
}

// Global guards of NestJS 11 do not reach gateways.
@WebSocketGateway()
@UseGuards(ApplicationGuard)
@Scopes('orders:read')
class OrdersGateway {
  @SubscribeMessage('orders')
  list(@CurrentPrincipal() { subject }: Principal): object {
    return { event: 'orders', data: { ordersOf: subject } };
  }
}

/** The application, listening on a free loopback port. */
export async function startApplication(issuer: TestIssuer): Promise<INestApplication> {
  const root = {
    module: class OrdersModule {},
    imports: [
      AuthModule.forRoot({ trusts: [issuer.trust()] }),
      GraphQLModule.forRoot<ApolloDriverConfig>({ driver: ApolloDriver, autoSchemaFile: true }),
    ],
    controllers: [OrdersController],
    providers: [OrdersResolver, OrdersGateway],
  };
  const app = await NestFactory.create(root, { logger: ['error'], abortOnError: false });
  app.useWebSocketAdapter(new ProtectedWebSocketAdapter(app, new WsAdapter(app), {}));
  await app.listen(0, '127.0.0.1');
  return app;
}

export const neverUsed = wrong;
