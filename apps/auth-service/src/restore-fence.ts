/** `node dist/restore-fence.js`: after PostgreSQL was restored, and before auth-service starts on it. */
import 'reflect-metadata';
import { parseArgs } from 'node:util';
import { storageConfig, type StorageConfig } from './config/storage.config.js';
import { StartupError } from './config/startup.error.js';
import { fenceRestoredRecord } from './storage/postgres/postgres-restore.fence.js';
import { clearHotState } from './storage/redis/redis-restore.fence.js';
import { RedisConnection } from './storage/redis/redis.connection.js';

const USAGE = `usage: restore-fence --backup-taken-at <ISO 8601 time> [--yes]
Ends every session, grant and access token of the restored data, so that nothing lives again that was
revoked after the backup. Without --yes it says what it would end, and changes nothing.`;

const ISO_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/;

interface Order {
  readonly backupTakenAt: Date;
  readonly yes: boolean;
}

function parseOrder(args: string[]): Order | null {
  try {
    const options = { 'backup-taken-at': { type: 'string' }, yes: { type: 'boolean' } } as const;
    const { values } = parseArgs({ args, options });
    const time = values['backup-taken-at'] ?? '';
    const backupTakenAt = new Date(time);
    if (!ISO_TIME.test(time) || !(backupTakenAt.getTime() <= Date.now())) return null;
    return { backupTakenAt, yes: values.yes === true };
  } catch {
    return null;
  }
}

async function fence({ backupTakenAt, yes }: Order): Promise<void> {
  const config = storageConfig();
  const { databaseUrl } = config;
  if (databaseUrl === undefined) throw new StartupError('DATABASE_URL must name the restored data');
  const { sessions, grants, clients } = await fenceRestoredRecord({
    databaseUrl,
    backupTakenAt,
    commit: yes,
  });
  const ended = `${sessions} session(s), ${grants} grant(s), all access tokens of ${clients} client(s)`;
  if (!yes) {
    print(`would end ${ended}, and clear Redis; nothing was changed. Say --yes to do it.`);
    return;
  }
  print(`ended ${ended}`);
  print(
    config.redis === undefined
      ? 'no Redis is configured: there is no hot state outside of auth-service'
      : `removed ${await clear(config, config.redis)} key(s) from Redis`,
  );
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

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function complain(error: unknown): void {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
}

const order = parseOrder(process.argv.slice(2));
if (order === null) {
  complain(USAGE);
  process.exitCode = 2;
} else {
  try {
    await fence(order);
  } catch (error) {
    complain(error);
    process.exitCode = 1;
  }
}
