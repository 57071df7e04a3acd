/** What is revoked, in Redis, shared by every replica. */
import { randomUUID } from 'node:crypto';
import { type Revocation, type TokenIdentity } from '../../revocation/revocation.js';
import { type RevokedTokenState, RevokedTokenStore } from '../../revocation/revoked-token.store.js';
import { type RedisConnection } from './redis.connection.js';
import { RedisScript } from './redis.script.js';

// One hash tag: entries and marker share a slot, so a cluster too reads all in one command.
const TAG = '{revoked}';
const COMPLETE = `${TAG}:complete`;

/** How long a restore may take before its draft is forgotten. */
const RESTORE_SECONDS = 600;

/** Entries that one script writes: it must not hold up everyone else. */
const BATCH = 500;

// ARGV: for each key its value and its expiry. An entry's value is the `iat` up to which tokens are
// revoked, empty for all. Relays may come out of order: an older time must not replace a later one.
const ADD = new RedisScript(`
for i, key in ipairs(KEYS) do
  local value, expiry = ARGV[2 * i - 1], ARGV[2 * i]
  local known = redis.call('GET', key)
  if not known or value == '' or (tonumber(known) or math.huge) <= tonumber(value) then
    redis.call('SET', key, value, 'PXAT', expiry)
  end
end
return 0`);

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

  async revoke(revocations: readonly Revocation[]): Promise<void> {
    for (let start = 0; start < revocations.length; start += BATCH) {
      const batch = revocations.slice(start, start + BATCH);
      await this.redis.run(COMPLETE, (client) =>
        ADD.run(client, {
          keys: batch.map(({ kind, value }) => entryKey(kind, value)),
          arguments: batch.flatMap(({ iatBefore, expiresAt }) => [
            iatBefore === null ? '' : String(iatBefore),
            String(expiresAt.getTime()),
          ]),
        }),
      );
    }
  }

  find(token: TokenIdentity): Promise<RevokedTokenState> {
    const keys = [COMPLETE, entryKey('client', token.clientId), ...keysOf(token)];
    return this.redis.run(COMPLETE, async (client, runId) => {
      const [complete, iatBefore, ...others] = await client.mGet(keys);
      if (others.some((entry) => entry !== null)) return 'revoked';
      if (typeof iatBefore === 'string' && token.issuedAt <= Number(iatBefore)) return 'revoked';
      return complete === runId ? 'live' : 'unknown';
    });
  }

  async restore(pages: AsyncIterable<readonly Revocation[]>): Promise<void> {
    const draft = `${TAG}:draft:${randomUUID()}`;
    const restored = await this.redis.run(COMPLETE, async (client, runId) => {
      await client.set(draft, runId, { EX: RESTORE_SECONDS });
      return runId;
    });
    for await (const page of pages) await this.revoke(page);
    // Another process has perhaps not all that was written to the one before.
    await this.redis.run(COMPLETE, async (client, runId) => {
      if (runId !== restored) return;
      await FINISH_RESTORE.run(client, { keys: [draft, COMPLETE], arguments: [runId] });
    });
  }
}

function entryKey(kind: Revocation['kind'], value: string): string {
  return `${TAG}:${kind}:${value}`;
}

function keysOf({ jti, grantId, kid }: TokenIdentity): string[] {
  return [
    entryKey('jti', jti),
    ...(grantId === null ? [] : [entryKey('grant', grantId)]),
    ...(kid === null ? [] : [entryKey('kid', kid)]),
  ];
}
