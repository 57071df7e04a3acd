/** PostgreSQL takes no writes, as the standby does on which a fail-over left the clients. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { type Fault, NEEDS_POSTGRES } from './fault.js';

export const postgresReadOnly: Fault = {
  name: 'postgres-read-only',
  what: 'PostgreSQL read-only for 5 s (default_transaction_read_only)',
  promise: 'what would write answers 503 with Retry-After, never a 500; everything else goes on',
  mayWait: NEEDS_POSTGRES,
  feltBy: ['revocation'],
  inflict: async ({ world }) => {
    await alter(world.databaseUrl, 'ALTER SYSTEM SET default_transaction_read_only = on');
    await sleep(5000);
    await alter(world.databaseUrl, 'ALTER SYSTEM RESET default_transaction_read_only');
  },
};

async function alter(databaseUrl: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query(statement);
    await client.query('SELECT pg_reload_conf()');
  } finally {
    await client.end();
  }
}
