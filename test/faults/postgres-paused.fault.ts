/** PostgreSQL stands still: connections stay open, and nothing answers. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Fault, NEEDS_POSTGRES, NEEDS_THE_FEED } from './fault.js';
import { processesOf, signalAll } from './postgres.processes.js';

export const postgresPaused: Fault = {
  name: 'postgres-paused',
  what: 'every process of PostgreSQL paused for 12 s (SIGSTOP, then SIGCONT)',
  promise:
    'no request hangs: what needs PostgreSQL answers 503 in bounded time, refresh and introspection go on; a feed without a word for 8 s is stale, by each policy',
  mayWait: [...NEEDS_POSTGRES, ...NEEDS_THE_FEED],
  feltBy: ['revocation'],
  inflict: async ({ world }) => {
    const pids = await processesOf(world.databaseUrl);
    signalAll(pids, 'SIGSTOP');
    await sleep(12_000);
    signalAll(pids, 'SIGCONT');
  },
};
