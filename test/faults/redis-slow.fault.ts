/** Every byte to and from Redis arrives late. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Fault, NEEDS_REDIS } from './fault.js';

export const redisSlow: Fault = {
  name: 'redis-slow',
  what: 'the network to Redis slow for 6 s (150 ms more in each direction)',
  promise: 'requests take longer or answer 503 with Retry-After; nothing is refused or half-done',
  mayWait: NEEDS_REDIS,
  inflict: async ({ world }) => {
    world.network.redis.slowDown(150);
    await sleep(6000);
    world.network.redis.slowDown(0);
  },
};
