/** Removes from Redis what a restored record does not vouch for. */
import { type RedisConnection } from './redis.connection.js';
import { type RedisNode } from './redis.node.js';

/**
 * Lineages, hot copies of sessions and codes may be of grants that the restored record never knew, and
 * the marker says that Redis holds all revocations. Entries of revocations stay: Redis may be the only
 * one that remembers what was revoked after the backup. So do used assertions and braked guesses.
 */
const PATTERNS = ['rt:*', 'session:*', 'once:code:*', 'interaction:*', '{revoked}:complete'];

const PAGE = '1000';

/**
 * Visits every key of every master, so no process may be writing.
 * @returns how many keys were removed
 * @throws Error where a master cannot be reached; what was removed by then is gone
 */
export async function clearHotState(redis: RedisConnection, keyPrefix: string): Promise<number> {
  let removed = 0;
  for (const master of redis.masters) {
    for (const pattern of PATTERNS) removed += await clear(master, `${keyPrefix}${pattern}`);
  }
  return removed;
}

async function clear(master: RedisNode, pattern: string): Promise<number> {
  let removed = 0;
  let cursor = '0';
  do {
    // Not by the client's own verbs: these would put the prefix before keys that have it.
    const [next, keys] = await master.run(async (client) => {
      const page = ['SCAN', cursor, 'MATCH', pattern, 'COUNT', PAGE];
      return (await client.sendCommand(page)) as unknown as [string, string[]];
    });
    // One by one: in a cluster they are in different slots.
    await master.run((client) =>
      Promise.all(keys.map((key) => client.sendCommand(['UNLINK', key]))),
    );
    removed += keys.length;
    cursor = next;
  } while (cursor !== '0');
  return removed;
}
