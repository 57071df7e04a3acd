/** After PostgreSQL was restored, and before auth-service starts on it: nothing lives again that was revoked. */
import { StartupError } from '../config/startup.error.js';
import { storageConfig, type StorageConfig } from '../config/storage.config.js';
import { fenceRestoredRecord } from '../storage/postgres/postgres-restore.fence.js';
import { clearHotState } from '../storage/redis/redis-restore.fence.js';
import { RedisConnection } from '../storage/redis/redis.connection.js';
import { type Answer } from './terminal.js';

/**
 * @param commit without it nothing is changed
 * @throws StartupError where a store cannot be used: it may be repeated
 */
export async function fence(backupTakenAt: Date, commit: boolean): Promise<Answer> {
  const config = storageConfig();
  const { databaseUrl, redis } = config;
  if (databaseUrl === undefined) throw new StartupError('DATABASE_URL must name the restored data');
  const ended = await fenceRestoredRecord({ databaseUrl, backupTakenAt, commit });
  const { sessions, grants, clients } = ended;
  const all = `${sessions} session(s), ${grants} grant(s), all access tokens of ${clients} client(s)`;
  if (!commit) {
    const text = `would end ${all}, and clear Redis; nothing was changed. Say --yes to do it.`;
    return { text, json: { committed: false, sessions, grants, clients } };
  }
  const cleared = redis === undefined ? null : await clear(config, redis);
  const text = `ended ${all}\n${
    cleared === null
      ? 'no Redis is configured: there is no hot state outside of auth-service'
      : `removed ${cleared} key(s) from Redis`
  }`;
  return { text, json: { committed: true, sessions, grants, clients, cleared_keys: cleared } };
}

async function clear(
  { redisKeyPrefix: keyPrefix, requireNoEviction }: StorageConfig,
  servers: NonNullable<StorageConfig['redis']>,
): Promise<number> {
  const redis = new RedisConnection({ ...servers, keyPrefix, requireNoEviction });
  try {
    await redis.onModuleInit();
    return await clearHotState(redis, keyPrefix);
  } catch (error) {
    throw new StartupError(
      `Redis was not cleared. Do not start auth-service; run this again. ${String(error)}`,
      { cause: error },
    );
  } finally {
    redis.onApplicationShutdown();
  }
}
