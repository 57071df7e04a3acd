/** How rules ask Redis: each opens a connection of its own, and no longer than a few seconds. */
import { redisServers } from '../config/redis.servers.js';
import { RedisConnection } from '../storage/redis/redis.connection.js';
import { type Deployment, type Finding } from './diagnosis.js';
import { STORE_TIMEOUT_MS } from './postgres.question.js';

/**
 * Asks a Redis that the server would start on; nothing where none is configured.
 * @throws Error where it would not
 */
export async function onRedis(
  { environment }: Deployment,
  ask: (redis: RedisConnection) => Promise<readonly Finding[]>,
): Promise<readonly Finding[]> {
  const servers = redisServers(environment);
  if (servers === undefined) return [];
  const redis = new RedisConnection({
    ...servers,
    keyPrefix: environment.REDIS_KEY_PREFIX,
    requireNoEviction: true,
    startTimeoutMs: STORE_TIMEOUT_MS,
  });
  try {
    await redis.onModuleInit();
    return await ask(redis);
  } finally {
    redis.onApplicationShutdown();
  }
}
