/** What goes wrong in a storm, one thing at a time. */
import { readdirSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { command } from '@keyward/auth-service/testing';
import { type StormClient } from './storm.client.js';
import { type StormWorld } from './storm.world.js';

const TAIL_BYTES = 4_000;

/** One thing that goes wrong, and is over when it resolves; `revoke` revokes some grants meanwhile. */
export type Fault = (world: StormWorld, revoke: () => Promise<void>) => Promise<void>;

/** By the words of a report. */
export const FAULTS: Readonly<Record<string, Fault>> = {
  'Redis is killed and restarted': async (world, revoke) => {
    await Promise.all([world.restartRedis(), revoke()]);
  },
  'Redis loses the tail of its append-only file': async (world, revoke) => {
    await revoke();
    await world.restartRedis(cutTail);
  },
  'a replica that lagged is promoted': async (world, revoke) => {
    const { port } = world.redis;
    const replica = await world.newRedis({ config: { replicaof: `127.0.0.1 ${port}` } });
    while (!(await command(replica, ['INFO', 'replication'])).includes('master_link_status:up')) {
      await sleep(50);
    }
    // From here on it hears of nothing.
    await command(replica, ['REPLICAOF', 'NO', 'ONE']);
    await Promise.all([sleep(1000), revoke()]);
    await world.replaceRedis(replica);
  },
  FLUSHALL: async (world, revoke) => {
    await revoke();
    await command(world.redis, ['FLUSHALL']);
  },
  'Redis does not answer for a while': async (world, revoke) => {
    world.proxy.become('hang');
    await Promise.all([sleep(1500), revoke()]);
    world.proxy.become('pass');
  },
  'auth-service is killed between its PostgreSQL and its Redis writes': async (world, revoke) => {
    // Nothing reaches Redis any more, so whatever PostgreSQL has taken is waiting for it.
    world.proxy.become('hang');
    const revoked = revoke();
    await sleep(300);
    await world.authServices[0]?.kill();
    world.proxy.become('pass');
    await world.restartAuthService(0);
    await revoked;
  },
  'auth-service is killed at any moment': async (world, revoke) => {
    await Promise.all([world.restartAuthService(1), revoke()]);
  },
  'PostgreSQL is restarted': async (world, revoke) => {
    await Promise.all([world.restartPostgres(500), revoke()]);
  },
};

/** Cuts the last bytes off the file that Redis appends to. */
function cutTail(directory: string): void {
  const folder = join(directory, 'appendonlydir');
  for (const name of readdirSync(folder).filter((file) => file.endsWith('.incr.aof'))) {
    const file = join(folder, name);
    truncateSync(file, Math.max(0, statSync(file).size - TAIL_BYTES));
  }
}

/** What a storm ends with: whoever was not revoked can go on, whoever was cannot. */
export async function findSurvivors(clients: readonly StormClient[]): Promise<string[]> {
  const problems = await Promise.all(
    clients.map(async (client) => {
      let refreshed = false;
      for (let attempt = 0; attempt < 20 && !refreshed; attempt += 1) {
        refreshed = await client.refresh();
        if (!refreshed && client.isRevoked) break;
        if (!refreshed) await sleep(250);
      }
      if (!client.isRevoked) return refreshed ? [] : [`${client.grant.grantId} lost its grant`];
      const active = await client.isActive();
      return active === true ? [`the access token of ${client.grant.grantId} lives`] : [];
    }),
  );
  return problems.flat();
}
