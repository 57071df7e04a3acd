/** Refresh rotation in Redis, shared by every replica. */
import { RESP_TYPES } from 'redis';
import { type Lineage } from '../../refresh-token/lineage.js';
import {
  type Presentation,
  type RotationDecision,
  type RotationOutcome,
} from '../../refresh-token/rotation.decision.js';
import { RotationStore } from '../../refresh-token/rotation.store.js';
import { isComplete, packLineage, unpackLineage } from './lineage.packing.js';
import { type RedisConnection } from './redis.connection.js';
import { type RedisScript } from './redis.script.js';
import { PRESENT, PUT, REVOKE } from './rotation.script.js';

const AS_BYTES = { [RESP_TYPES.BLOB_STRING]: Buffer };
// A text: each Buffer among the arguments is a piece of its own in what is written to the socket.
const NOTHING = '';

type Reply = [outcome: Buffer, record: Buffer, age: Buffer] | null;

/**
 * One string a lineage. It names the Redis process that wrote it: what another process wrote (before a
 * restart or a fail-over) may lack what came last, a revocation above all, and is a miss.
 */
export class RedisRotationStore extends RotationStore {
  constructor(private readonly redis: RedisConnection) {
    super();
  }

  present(handle: Buffer, presented: Presentation): Promise<RotationDecision | null> {
    return this.decide(handle, presented, NOTHING);
  }

  async restore(
    handle: Buffer,
    recorded: Lineage,
    presented: Presentation,
  ): Promise<RotationDecision> {
    const decision = await this.decide(handle, presented, packLineage(recorded));
    if (decision === null) throw new Error('a lineage that was restored is missing');
    return decision;
  }

  async put(handle: Buffer, recorded: Lineage): Promise<void> {
    await this.evaluate(PUT, handle, packLineage(recorded));
  }

  async find(handle: Buffer): Promise<Lineage | null> {
    const key = keyOf(handle);
    const record = await this.redis.run(key, (client) => client.withTypeMapping(AS_BYTES).get(key));
    return record === null || !isComplete(record) ? null : unpackLineage(record);
  }

  async revoke(handle: Buffer, absoluteExpiresMs: number): Promise<void> {
    await this.evaluate(REVOKE, handle, String(absoluteExpiresMs));
  }

  private async decide(
    handle: Buffer,
    { generation, clientDigest, keyBinding, rules }: Presentation,
    recorded: Buffer | string,
  ): Promise<RotationDecision | null> {
    const reply = (await this.evaluate(
      PRESENT,
      handle,
      String(generation),
      clientDigest,
      keyBinding ?? NOTHING,
      String(rules.retryWindowMs),
      String(rules.lostResponseMs),
      String(rules.idleMs),
      recorded,
    )) as Reply;
    if (reply === null) return null;
    const [outcome, record, age] = reply;
    return {
      outcome: outcome.toString() as RotationOutcome,
      lineage: unpackLineage(record),
      ageMs: Number(age),
    };
  }

  private evaluate(
    script: RedisScript,
    handle: Buffer,
    ...args: (string | Buffer)[]
  ): Promise<unknown> {
    const key = keyOf(handle);
    return this.redis.run(key, (client, runId) =>
      script.run(client.withTypeMapping(AS_BYTES), { keys: [key], arguments: [runId, ...args] }),
    );
  }
}

// The handle is the hash tag: a further key of the same grant would be in the same slot.
function keyOf(handle: Buffer): string {
  return `rt:{${handle.toString('base64url')}}`;
}
