/** Configuration namespace `storage`: which PostgreSQL and Redis, or the embedded default. */
import { registerAs } from '@nestjs/config';
import { parseEnvironment } from './environment.schema.js';
import { type MigrationMode } from './lifecycle.variables.js';
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
  /** Whether the start migrates, or is refused where the schema is behind. */
  readonly migrations: MigrationMode;
  /** How long the start waits for servers that are not there yet. */
  readonly startTimeoutMs: number;
}

export const storageConfig = registerAs('storage', (): StorageConfig => {
  const environment = parseEnvironment(process.env);
  return {
    databaseUrl: environment.DATABASE_URL,
    redis: redisServers(environment),
    redisKeyPrefix: environment.REDIS_KEY_PREFIX,
    dataDirectory: environment.KEYWARD_DATA_DIR,
    requireNoEviction: environment.NODE_ENV === 'production',
    migrations: environment.AUTH_MIGRATIONS,
    startTimeoutMs: environment.AUTH_START_TIMEOUT_MS,
  };
});
