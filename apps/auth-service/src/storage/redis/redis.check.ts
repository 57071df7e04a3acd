/** Ready only with a Redis that answers; always, where the in-process stores are used. */
import { ReadinessCheck } from '../../health/readiness.check.js';
import { type RedisConnection } from './redis.connection.js';

export class RedisCheck extends ReadinessCheck {
  readonly name = 'redis';

  /** @param redis null for the in-process stores */
  constructor(private readonly redis: RedisConnection | null) {
    super();
  }

  /** Whether there is one; without, the in-process stores are used. */
  get isUsed(): boolean {
    return this.redis !== null;
  }

  async check(): Promise<void> {
    await this.redis?.ping();
  }
}
