/** Which server is the master of a key now. */
import { type RedisNode } from '../redis.node.js';

/** Another node to try, because the one that was asked said so. */
export interface RedisRedirect {
  readonly node: RedisNode;
  /** Whether the answer was ASK, which holds for one command. */
  readonly asking: boolean;
}

/** The servers of a deployment, as it is run: one, a master with Sentinels, or a cluster. */
export abstract class RedisTopology {
  /** The variable by which an operator said where Redis is. */
  abstract readonly variable: string;

  /** The masters that are known now. */
  abstract readonly nodes: readonly RedisNode[];

  /** Resolves when the masters were found and answer, however long that takes; rejects when closed. */
  abstract open(): Promise<void>;

  /**
   * The master that serves a key, as far as is known.
   * @param key without the prefix
   */
  abstract nodeOf(key: string): RedisNode | undefined;

  /** Where to go on after an error; undefined where the error says no such thing. */
  abstract redirectionOf(error: unknown): RedisRedirect | undefined;

  /** Something failed: look again, soon and behind the requests, where the masters are. */
  abstract suspect(): void;

  /** Bears repetition. */
  abstract close(): void;
}
