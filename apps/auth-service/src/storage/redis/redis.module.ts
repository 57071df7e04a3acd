/** Opens Redis, where one is configured, before the modules that import it, and closes it after. */
import { Module } from '@nestjs/common';
import { storageConfig, type StorageConfig } from '../../config/storage.config.js';
import { RedisConnection } from './redis.connection.js';

@Module({
  providers: [
    {
      provide: RedisConnection,
      inject: [storageConfig.KEY],
      useFactory: ({ redis, redisKeyPrefix, requireNoEviction, startTimeoutMs }: StorageConfig) =>
        redis === undefined
          ? null
          : new RedisConnection({
              ...redis,
              keyPrefix: redisKeyPrefix,
              requireNoEviction,
              startTimeoutMs,
            }),
    },
  ],
  exports: [RedisConnection],
})
export class RedisModule {}
