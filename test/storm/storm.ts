/** Clients that refresh while everything behind them fails in turn. */
import { setTimeout as sleep } from 'node:timers/promises';
import { seedGrants } from './refresh-token.seed.js';
import { StormClient, type StormCounts } from './storm.client.js';
import { FAULTS, findSurvivors } from './storm.faults.js';
import { CLIENTS, RESOURCE, StormWorld } from './storm.world.js';

/** How hard it blows. */
export interface StormOptions {
  readonly clients: number;
  /** How often each fault happens. */
  readonly rounds: number;
  /** How long it is calm after each, so that everyone gets through. */
  readonly calmMs: number;
  readonly log?: (line: string) => void;
}

/** What came of it. */
export interface StormReport extends StormCounts {
  readonly revoked: number;
  /** Everything that must not have happened; empty for success. */
  readonly violations: readonly string[];
}

/** Of the clients that still have a grant, how many a fault's revocations end. */
const REVOKED_A_FAULT = 3;

/** Runs a storm in a world of its own. */
export async function runStorm(options: StormOptions): Promise<StormReport> {
  const { log = () => undefined } = options;
  const counts = { refreshed: 0, refused: 0, unavailable: 0, brokenOff: 0, abandoned: 0 };
  const world = await StormWorld.start();
  try {
    const seeds = await seedGrants(
      { databaseUrl: world.databaseUrl, key: world.refreshKey, resource: RESOURCE },
      Array.from({ length: options.clients }, (_, i) => CLIENTS[i % CLIENTS.length] ?? 'web'),
    );
    const clients = seeds.map((grant) => new StormClient(world, grant, counts));
    const doomed = [...clients];
    const over = new AbortController();
    const running = clients.map((client) => client.run(over.signal));
    const revoke = async () => {
      await Promise.all(doomed.splice(0, REVOKED_A_FAULT).map((client) => client.revoke()));
    };
    await sleep(options.calmMs);
    for (let round = 0; round < options.rounds; round += 1) {
      for (const [name, fault] of Object.entries(FAULTS)) {
        const before = { ...counts };
        await fault(world, revoke);
        await sleep(options.calmMs);
        log(
          `${name}: ${counts.refreshed - before.refreshed} refreshed, ` +
            `${counts.unavailable - before.unavailable} asked to wait, ` +
            `${counts.refused - before.refused} refused`,
        );
      }
    }
    over.abort();
    await Promise.all(running);
    const lost = await findSurvivors(clients);
    return {
      ...counts,
      revoked: clients.filter(({ isRevoked }) => isRevoked).length,
      violations: [
        ...lost,
        ...clients.flatMap(({ violations, grant }) =>
          violations.map((v) => `${grant.grantId} ${v}`),
        ),
      ],
    };
  } finally {
    await world.stop();
  }
}
