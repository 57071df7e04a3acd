/** Redis loses everything at once, and answers all the time. */
import { setTimeout as sleep } from 'node:timers/promises';
import { command } from '@keyward/auth-service/testing';
import { type Fault, FORGOTTEN_SIGN_IN, NEEDS_REDIS } from './fault.js';

export const redisFlushed: Fault = {
  name: 'redis-flushed',
  what: 'FLUSHALL three times within 3 s',
  promise:
    'what was revoked stays revoked, no grant is lost: both are restored from PostgreSQL; a sign-in under way is begun again',
  mayWait: NEEDS_REDIS,
  mayRefuse: FORGOTTEN_SIGN_IN,
  inflict: async ({ world }) => {
    for (let n = 0; n < 3; n += 1) {
      await command(world.redis, ['FLUSHALL']);
      await sleep(1000);
    }
  },
};
