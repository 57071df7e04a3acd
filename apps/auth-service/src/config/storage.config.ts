/** Configuration namespace `storage`: which PostgreSQL and Redis, or the embedded default. */
import { registerAs } from '@nestjs/config';
import { parseEnvironment } from './environment.schema.js';
import { redisServers, type RedisServers } from './redis.servers.js';

/** Where state lives. */
export interface StorageConfig {
  /** Absent: an embedded PostgreSQL in {@link dataDirectory}. */
  readonly databaseUrl: string | undefined;
  /** Absent: in-process stores, for one process only. */
  readonly redis: RedisServers | undefined;
  readonly redisKeyPrefix: string;
  /** Absolute path of what the embedded default keeps. */
  readonly dataDirectory: string;
  /** Whether a Redis that may evict keys is refused. */
  readonly requireNoEviction: boolean;
}

export const storageConfig = registerAs('storage', (): StorageConfig => {
  const environment = parseEnvironment(process.env);
  return {
    databaseUrl: environment.DATABASE_URL,
    redis: redisServers(environment),
    redisKeyPrefix: environment.REDIS_KEY_PREFIX,
    dataDirectory: environment.KEYWARD_DATA_DIR,
    requireNoEviction: environment.NODE_ENV === 'production',
  };
});
