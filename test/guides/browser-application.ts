import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { type NestExpressApplication } from '@nestjs/platform-express';
import {
  BffModule,
  RedisBffSingleUseStore,
  RedisBrowserSessionStore,
  type BffOptions,
} from '@keyward/auth/bff';
import { type RedisClientType } from 'redis';

/** What the backend of a shop has to know. */
export interface ShopConfiguration {
  readonly publicUrl: string;
  readonly issuer: string;
  readonly clientSecret: string;
  readonly ordersUrl: string;
  readonly sealingKey: Uint8Array;
}

function bffOptions(shop: ShopConfiguration, client: RedisClientType): BffOptions {
  const redis = { client, sealingKeys: [{ version: 1, key: shop.sealingKey }] };
  return {
    publicUrl: shop.publicUrl,
    issuer: shop.issuer,
    clientId: 'shop',
    clientAuthentication: { clientSecret: shop.clientSecret },
    scope: 'openid profile orders:read',
    stores: {
      sessions: new RedisBrowserSessionStore(redis),
      singleUse: new RedisBffSingleUseStore(redis),
    },
    targets: [{ path: '/api/orders', url: `${shop.ordersUrl}/orders`, resource: shop.ordersUrl }],
  };
}

/** @param client connected to the Redis that the replicas share; whoever made it closes it */
export async function createShop(
  shop: ShopConfiguration,
  client: RedisClientType,
): Promise<NestExpressApplication> {
  @Module({ imports: [BffModule.forRoot(bffOptions(shop, client))] })
  class ShopModule {}
  return NestFactory.create<NestExpressApplication>(ShopModule, {
    logger: ['warn', 'error'],
    // The bodies of calls are passed on as they come.
    bodyParser: false,
  });
}
