/** Revoked tokens in Redis, shared by every replica. */
import { randomUUID } from 'node:crypto';
import { type TokenRevocation } from '../../revocation/revocation.record.js';
import { type RevokedTokenState, RevokedTokenStore } from '../../revocation/revoked-token.store.js';
import { type RedisConnection } from './redis.connection.js';
import { RedisScript } from './redis.script.js';

// One hash tag: entries and marker share a slot, so a cluster too reads both in one command.
const TAG = '{revoked}';
const COMPLETE = `${TAG}:complete`;

/** How long a restore may take before its draft is forgotten. */
const RESTORE_SECONDS = 600;

// Entries that were written before a flush are gone, and so is the draft: then nothing is complete.
const FINISH_RESTORE = new RedisScript(`
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
redis.call('DEL', KEYS[1])
redis.call('SET', KEYS[2], ARGV[1])
return 1`);

/**
 * The marker holds the run_id of the Redis process that was restored. Where it is missing (a flush,
 * an empty replacement) or names another process (a restart or fail-over, which may have lost the
 * last second of writes), the absence of an entry proves nothing.
 */
export class RedisRevokedTokenStore extends RevokedTokenStore {
  constructor(private readonly redis: RedisConnection) {
    super();
  }

  async revoke({ jti, expiresAt }: TokenRevocation): Promise<void> {
    await this.redis.run(COMPLETE, (client) => client.set(entryKey(jti), '1', expiry(expiresAt)));
  }

  async find(jti: string): Promise<RevokedTokenState> {
    return this.redis.run(COMPLETE, async (client, runId) => {
      const [entry, complete] = await client.mGet([entryKey(jti), COMPLETE]);
      if (entry !== null) return 'revoked';
      return complete === runId ? 'live' : 'unknown';
    });
  }

  async restore(pages: AsyncIterable<readonly TokenRevocation[]>): Promise<void> {
    const draft = `${TAG}:draft:${randomUUID()}`;
    const restored = await this.redis.run(COMPLETE, async (client, runId) => {
      await client.set(draft, runId, { EX: RESTORE_SECONDS });
      return runId;
    });
    for await (const page of pages) {
      if (page.length === 0) continue;
      await this.redis.run(COMPLETE, (client) => {
        const multi = client.multi();
        for (const { jti, expiresAt } of page) multi.set(entryKey(jti), '1', expiry(expiresAt));
        return multi.exec();
      });
    }
    // Another process has perhaps not all that was written to the one before.
    await this.redis.run(COMPLETE, async (client, runId) => {
      if (runId !== restored) return;
      await FINISH_RESTORE.run(client, { keys: [draft, COMPLETE], arguments: [runId] });
    });
  }
}

function entryKey(jti: string): string {
  return `${TAG}:jti:${jti}`;
}

function expiry(expiresAt: Date): { PXAT: number } {
  return { PXAT: expiresAt.getTime() };
}
