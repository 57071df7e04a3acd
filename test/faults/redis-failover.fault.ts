/** A replica that missed the last second of writes takes the master's place. */
import { setTimeout as sleep } from 'node:timers/promises';
import { command } from '@keyward/auth-service/testing';
import { type Fault, FORGOTTEN_SIGN_IN, NEEDS_REDIS } from './fault.js';

export const redisFailover: Fault = {
  name: 'redis-failover',
  what: 'the master killed, a replica promoted that lacks the last second of writes',
  promise:
    'a refresh token that the new master has not seen yet is believed (its tag is ours), what was revoked stays revoked, no grant is lost',
  mayWait: NEEDS_REDIS,
  mayRefuse: FORGOTTEN_SIGN_IN,
  feltBy: ['refresh', 'introspection', 'authorize'],
  inflict: async ({ world }) => {
    const replica = await world.newRedis({ replicaof: `127.0.0.1 ${world.redis.port}` });
    while (!(await command(replica, ['INFO', 'replication'])).includes('master_link_status:up')) {
      await sleep(50);
    }
    // From here on it hears of nothing.
    await command(replica, ['REPLICAOF', 'NO', 'ONE']);
    await sleep(1000);
    await world.replaceRedis(replica);
  },
};
