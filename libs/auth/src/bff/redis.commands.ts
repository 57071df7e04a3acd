/** Runs scripts in Redis for the stores of a backend: in time, or not at all. */
import { BffStoreUnavailableError } from './browser-session.store.js';
import { type SealingKey, SealingKeys } from './sealing.keys.js';

/** What the stores need of a connected client of Redis; those of the package `redis` have it. */
export interface RedisBffClient {
  eval(
    script: string,
    options: { readonly keys: string[]; readonly arguments: string[] },
  ): Promise<unknown>;
}

/** Where a backend keeps its sessions. */
export interface RedisBffOptions {
  /** Connected, and reconnected, by whoever made it. Each command has one key: a cluster will do. */
  readonly client: RedisBffClient;
  /** By which all is encrypted before it leaves this process; the first one seals. */
  readonly sealingKeys: readonly SealingKey[];
  /** With what every key begins, for an ACL. Default `keyward:bff:`. */
  readonly keyPrefix?: string;
  /** After which an answer is no longer waited for, in milliseconds. Default 2000. */
  readonly timeoutMs?: number;
}

/** One command is one script with one key. */
export class RedisCommands {
  readonly keys: SealingKeys;
  readonly #options: RedisBffOptions;

  /** @throws TypeError for keys that cannot be used */
  constructor(options: RedisBffOptions) {
    this.keys = new SealingKeys(options.sealingKeys);
    this.#options = options;
  }

  /** @throws BffStoreUnavailableError without an answer in time */
  async run(script: string, key: string, ...values: (string | number)[]): Promise<unknown> {
    const { client, keyPrefix = 'keyward:bff:', timeoutMs = 2000 } = this.#options;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error('no answer in time')), timeoutMs);
    });
    try {
      const options = { keys: [keyPrefix + key], arguments: values.map(String) };
      const answer = client.eval(script, options);
      // It may still fail once nobody waits for it.
      answer.catch(() => undefined);
      return await Promise.race([answer, late]);
    } catch (cause) {
      throw new BffStoreUnavailableError('Redis cannot be asked about sessions', { cause });
    } finally {
      clearTimeout(timer);
    }
  }
}
