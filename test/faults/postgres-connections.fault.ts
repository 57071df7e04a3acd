/** Others have taken every connection that PostgreSQL gives. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { type Fault, NEEDS_POSTGRES, NEEDS_THE_FEED } from './fault.js';

const MORE_THAN_THERE_ARE = 130;

export const postgresConnections: Fault = {
  name: 'postgres-connections',
  what: 'the connections of auth-service cut, and every one that PostgreSQL gives held by others for 5 s',
  promise:
    'refresh and introspection go on; what needs PostgreSQL answers 503 with Retry-After, and recovers by itself',
  // The feed is read from PostgreSQL, and its heartbeat comes every 5 s.
  mayWait: [...NEEDS_POSTGRES, ...NEEDS_THE_FEED],
  feltBy: ['revocation'],
  inflict: async ({ world, broken }) => {
    const { postgres } = world.network;
    postgres.become('refuse');
    const held: Client[] = [];
    // The servers of the connections that were cut need a moment to notice.
    for (let n = 0; n < 4; n += 1) {
      await sleep(250);
      held.push(...(await takeConnections(world.databaseUrl)));
    }
    postgres.become('pass');
    await sleep(5000);
    if (held.length < 50) broken(`only ${held.length} connections could be taken`);
    await Promise.all(held.map((client) => client.end()));
  },
};

/** As many as there are. */
async function takeConnections(databaseUrl: string): Promise<Client[]> {
  const held: Client[] = [];
  while (held.length < MORE_THAN_THERE_ARE) {
    const client = new Client({ connectionString: databaseUrl });
    client.on('error', () => undefined);
    try {
      await client.connect();
    } catch {
      break;
    }
    held.push(client);
  }
  return held;
}
