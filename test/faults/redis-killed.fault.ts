/** Redis is killed, and started on what its append-only file has. */
import { type Fault, FORGOTTEN_SIGN_IN, NEEDS_REDIS } from './fault.js';

export const redisKilled: Fault = {
  name: 'redis-killed',
  what: 'Redis killed (SIGKILL), started on its append-only file 4 s later',
  promise:
    'token and introspection answer 503 with Retry-After below 10 s; revocation is accepted; resource servers go on; no grant is lost; recovery needs no restart',
  mayWait: NEEDS_REDIS,
  mayRefuse: FORGOTTEN_SIGN_IN,
  feltBy: ['refresh'],
  inflict: ({ world }) => world.restartRedis(4000),
};
