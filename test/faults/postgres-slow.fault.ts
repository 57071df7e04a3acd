/** Every byte to and from PostgreSQL arrives late. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Fault, NEEDS_POSTGRES } from './fault.js';

export const postgresSlow: Fault = {
  name: 'postgres-slow',
  what: 'the network to PostgreSQL slow for 8 s (200 ms more in each direction)',
  promise:
    'refresh and introspection go on; what needs PostgreSQL takes longer or answers 503 with Retry-After',
  mayWait: NEEDS_POSTGRES,
  inflict: async ({ world }) => {
    world.network.postgres.slowDown(200);
    await sleep(8000);
    world.network.postgres.slowDown(0);
  },
};
