/** Redis has no memory left for a write. */
import { setTimeout as sleep } from 'node:timers/promises';
import { command } from '@keyward/auth-service/testing';
import { type Fault, NEEDS_REDIS } from './fault.js';

export const redisFull: Fault = {
  name: 'redis-full',
  what: 'Redis full for 5 s (maxmemory below what it uses, noeviction)',
  promise:
    'nothing is evicted: what would write answers 503 with Retry-After; revocation is accepted',
  mayWait: NEEDS_REDIS,
  feltBy: ['refresh'],
  inflict: async ({ world }) => {
    await command(world.redis, ['CONFIG', 'SET', 'maxmemory', '1mb']);
    await sleep(5000);
    await command(world.redis, ['CONFIG', 'SET', 'maxmemory', '0']);
  },
};
