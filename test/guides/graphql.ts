import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { GraphQLModule, Query, Resolver, Subscription } from '@nestjs/graphql';
import {
  AuthModule,
  CurrentPrincipal,
  GraphqlSubscriptions,
  Scopes,
  type Principal,
} from '@keyward/auth';

@Resolver()
class OrdersResolver {
  @Query(() => [String])
  @Scopes('orders:read')
  orders(@CurrentPrincipal() { subject }: Principal) {
    return [`an order of ${subject}`];
  }

  @Subscription(() => String)
  @Scopes('orders:read')
  async *placed() {
    yield { placed: 'an order' };
  }
}

const trusts = [{ issuer: 'https://login.example.com', audience: 'https://orders.example.com' }];

@Module({
  imports: [
    AuthModule.forRoot({ trusts }),
    GraphQLModule.forRootAsync<ApolloDriverConfig>({
      driver: ApolloDriver,
      inject: [GraphqlSubscriptions],
      useFactory: (subscriptions: GraphqlSubscriptions) => ({
        autoSchemaFile: true,
        subscriptions: {
          'graphql-ws': subscriptions.graphqlWs({ allowedOrigins: ['https://shop.example.com'] }),
        },
      }),
    }),
  ],
  providers: [OrdersResolver],
})
class OrdersModule {}

export function createApplication() {
  return NestFactory.create(OrdersModule, { logger: ['error'] });
}
