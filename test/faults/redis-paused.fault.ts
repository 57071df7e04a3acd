/** Redis stands still: connections stay open and nothing answers. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Fault, NEEDS_REDIS } from './fault.js';

export const redisPaused: Fault = {
  name: 'redis-paused',
  what: 'Redis paused for 15 s (SIGSTOP, then SIGCONT)',
  promise:
    'no request hangs: 503 with Retry-After in bounded time; revocation is accepted; resource servers go on; no grant is lost',
  mayWait: NEEDS_REDIS,
  feltBy: ['refresh'],
  inflict: async ({ world }) => {
    const { pid } = world.redis;
    process.kill(pid, 'SIGSTOP');
    await sleep(15_000);
    process.kill(pid, 'SIGCONT');
  },
};
