/** The DPoP proofs that came before, in Redis: shared by the replicas of a service. */
import { ReplaysUnavailableError } from './dpop-proof.refusal.js';
import { ProofReplayStore } from './proof-replay.store.js';

/** What the store needs of a connected client of Redis; those of the package `redis` have it. */
export interface RedisReplayClient {
  set(key: string, value: string, options: SetOnceOptions): Promise<unknown>;
}

/** `NX` and `PX` as releases before and after 5 of the package `redis` write them. */
export interface SetOnceOptions {
  readonly condition: 'NX';
  readonly NX: true;
  readonly expiration: { readonly type: 'PX'; readonly value: number };
  readonly PX: number;
}

/** Where proofs are kept. */
export interface RedisProofReplayStoreOptions {
  /** Connected, and reconnected, by whoever made it. */
  readonly client: RedisReplayClient;
  /** With what every key begins, for an ACL. Default `keyward:dpop:`. */
  readonly keyPrefix?: string;
  /** After which an answer is no longer waited for, in milliseconds. Default 1000. */
  readonly timeoutMs?: number;
}

/**
 * One `SET NX` a proof, which Redis forgets by itself. Give the service a Redis that evicts nothing
 * (`maxmemory-policy noeviction`): a proof that is forgotten too early could be used again.
 */
export class RedisProofReplayStore extends ProofReplayStore {
  readonly #client: RedisReplayClient;
  readonly #keyPrefix: string;
  readonly #timeoutMs: number;

  constructor({
    client,
    keyPrefix = 'keyward:dpop:',
    timeoutMs = 1000,
  }: RedisProofReplayStoreOptions) {
    super();
    this.#client = client;
    this.#keyPrefix = keyPrefix;
    this.#timeoutMs = timeoutMs;
  }

  async claim(key: string, lifetimeSeconds: number): Promise<boolean> {
    const value = Math.ceil(lifetimeSeconds * 1000);
    const options = { condition: 'NX', NX: true, expiration: { type: 'PX', value }, PX: value };
    try {
      const set = this.#client.set(this.#keyPrefix + key, '', options as SetOnceOptions);
      return (await this.#inTime(set)) !== null;
    } catch (cause) {
      throw new ReplaysUnavailableError('Redis cannot tell whether a proof came before', 2, {
        cause,
      });
    }
  }

  async #inTime(answer: Promise<unknown>): Promise<unknown> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error('Redis did not answer in time')), this.#timeoutMs);
    });
    try {
      return await Promise.race([answer, late]);
    } finally {
      clearTimeout(timer);
      // It may still fail once nobody waits for it.
      answer.catch(() => undefined);
    }
  }
}
