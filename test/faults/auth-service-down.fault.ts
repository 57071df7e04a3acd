/** No auth-service is there at all. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Fault, NEEDS_AUTH_SERVICE, NEEDS_THE_FEED } from './fault.js';
import { MAX_STALENESS_SECONDS } from './world/fault.world.js';

const DOWN_MS = (MAX_STALENESS_SECONDS + 4) * 1000;

export const authServiceDown: Fault = {
  name: 'auth-service-down',
  what: 'both auth-services killed, started 12 s later',
  promise:
    'local validation goes on with known keys; where a silent feed is not accepted, 503 with Retry-After, never 401',
  mayBreak: NEEDS_AUTH_SERVICE,
  mayWait: NEEDS_THE_FEED,
  feltBy: ['keys'],
  inflict: async ({ world }) => {
    await Promise.all(world.replicas.map((replica) => replica.kill()));
    await sleep(DOWN_MS);
    await Promise.all(world.replicas.map((_, index) => world.startReplica(index)));
  },
};
