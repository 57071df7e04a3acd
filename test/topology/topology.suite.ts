/** What the tests of the deployment share: when they run, and how long they wait. */
import { setTimeout as sleep } from 'node:timers/promises';
import { RedisTestServer } from '@keyward/auth-service/testing';

/** For starting, stopping and restarting. */
export const TOPOLOGY_TIMEOUT_MS = 300_000;

const LIMIT_MS = 30_000;

const isWanted =
  RedisTestServer.isInstalled() ||
  process.env['CI'] === 'true' ||
  process.env['KEYWARD_COMPOSE_PROJECT'] !== undefined;

/** Tests of the deployment; replicas need a Redis on this machine, or containers. */
export function describeTopology(name: string, tests: () => void): void {
  (isWanted ? describe : describe.skip)(`${name} (real Redis)`, tests);
}

/** @throws Error where it does not come true within half a minute */
export async function until(condition: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + LIMIT_MS; Date.now() < end; await sleep(50)) {
    if (await condition().catch(() => false)) return;
  }
  throw new Error(`it did not come true within ${LIMIT_MS} ms`);
}
