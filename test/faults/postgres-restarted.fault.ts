/** PostgreSQL is stopped in order and started on its data. */
import { type Fault, NEEDS_POSTGRES, NEEDS_THE_FEED } from './fault.js';

export const postgresRestarted: Fault = {
  name: 'postgres-restarted',
  what: 'PostgreSQL stopped (fast shutdown), started 3 s later',
  promise:
    'refresh and introspection of what Redis holds go on; sign-in, revocation and administration answer 503 with Retry-After; resource servers go on',
  // The feed is read from PostgreSQL, and its heartbeat comes every 5 s.
  mayWait: [...NEEDS_POSTGRES, ...NEEDS_THE_FEED],
  feltBy: ['revocation'],
  inflict: ({ world }) => world.restartPostgres(3000),
};
