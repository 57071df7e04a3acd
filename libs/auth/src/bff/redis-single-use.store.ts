/** What may be used once, in Redis: for the replicas of a backend. */
import { type RedisBffOptions, RedisCommands } from './redis.commands.js';
import { BffSingleUseStore } from './single-use.store.js';

const PUT = `return redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2])`;
const CLAIM = `return redis.call('GETDEL', KEYS[1])`;

/** Needs Redis 6.2 with `maxmemory-policy noeviction`. */
export class RedisBffSingleUseStore extends BffSingleUseStore {
  readonly #redis: RedisCommands;

  /** @throws TypeError for keys that cannot be used */
  constructor(options: RedisBffOptions) {
    super();
    this.#redis = new RedisCommands(options);
  }

  override async put(key: string, value: string, lifetimeMs: number): Promise<boolean> {
    const place = `once:${key}`;
    const sealed = this.#redis.keys.seal(value, place);
    return (await this.#redis.run(PUT, place, sealed, Math.ceil(lifetimeMs))) !== null;
  }

  override async claim(key: string): Promise<string | null> {
    const place = `once:${key}`;
    const sealed = await this.#redis.run(CLAIM, place);
    return typeof sealed === 'string' ? this.#redis.keys.open(sealed, place) : null;
  }
}
