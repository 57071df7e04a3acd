/** Reaches into a packed lineage in Redis, for tests of what time and other processes do to it. */
import { createClient, RESP_TYPES } from 'redis';
import { type RedisAccess } from './describe-with-redis.js';

const TIMES = [14, 22, 30];
const RUN_ID = 38;

/** The key of a lineage. */
export function lineageKey({ keyPrefix }: Pick<RedisAccess, 'keyPrefix'>, handle: Buffer): string {
  return `${keyPrefix}rt:{${handle.toString('base64url')}}`;
}

/** Moves all times of a lineage into the past, as `ms` of waiting would; negative for a clock that went back. */
export function age(redis: RedisAccess, handle: Buffer, ms: number): Promise<void> {
  return rewrite(redis, handle, (record) => {
    for (const offset of TIMES) {
      const time = record.readDoubleBE(offset);
      if (time > 0) record.writeDoubleBE(time - ms, offset);
    }
  });
}

/** Makes the lineage one that another Redis process wrote, as a fail-over leaves it. */
export function disown(redis: RedisAccess, handle: Buffer): Promise<void> {
  return rewrite(redis, handle, (record) => void record.write('f'.repeat(40), RUN_ID, 'latin1'));
}

async function rewrite(
  redis: RedisAccess,
  handle: Buffer,
  change: (record: Buffer) => void,
): Promise<void> {
  const client = await createClient({ url: redis.url }).connect();
  try {
    const key = lineageKey(redis, handle);
    const record = await client.withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer }).get(key);
    if (record === null) return;
    change(record);
    const [idle, absolute] = [record.readDoubleBE(22), record.readDoubleBE(30)];
    await client.set(key, record, { PXAT: Math.floor(Math.min(idle, absolute)) });
  } finally {
    await client.close();
  }
}
