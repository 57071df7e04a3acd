/** The network to Redis swallows everything, then refuses connections. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Fault, NEEDS_REDIS } from './fault.js';

export const redisUnreachable: Fault = {
  name: 'redis-unreachable',
  what: 'the network to Redis silent for 4 s, then refusing for 2 s; Redis itself is well',
  promise: 'as where Redis is down; what was sent and not answered is harmless to repeat',
  mayWait: NEEDS_REDIS,
  feltBy: ['refresh'],
  inflict: async ({ world }) => {
    world.network.redis.become('hang');
    await sleep(4000);
    world.network.redis.become('refuse');
    await sleep(2000);
    world.network.redis.become('pass');
  },
};
