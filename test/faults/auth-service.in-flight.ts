/** Many refreshes and revocations that are under way at one moment. */
import { setTimeout as sleep } from 'node:timers/promises';
import { LineageClient } from './load/lineage.client.js';
import { type Outcome } from './load/ledger.js';
import { type FaultWorld } from './world/fault.world.js';

const REFRESHES = 80;
const REVOCATIONS = 20;
const RETRIES = 40;
const PAUSE_MS = 250;

/** What came of it: sentences for what must not have happened. */
export interface InFlight {
  /** How many requests had no answer when the server died. */
  readonly cutOff: number;
  readonly problems: readonly string[];
}

/**
 * Sends 100 requests, lets `kill` happen before they are answered, and has each client try again with what it
 * has until it is answered: whoever refreshes must go on, whoever was revoked must not.
 */
export async function sendAndKill(world: FaultWorld, kill: () => Promise<void>): Promise<InFlight> {
  const grants = await world.seedGrants(REFRESHES + REVOCATIONS);
  const clients = grants.map((grant) => new LineageClient(world, grant));
  const revoking = new Set(clients.slice(REFRESHES));
  const act = (client: LineageClient) =>
    revoking.has(client) ? client.revoke() : client.refresh();
  const first = clients.map(act);
  await Promise.race(first);
  await kill();
  const answered = await Promise.all(first);
  const cutOff = answered.filter(({ verdict }) => verdict === 'broken').length;
  const problems = await Promise.all(
    clients.map((client) => converge(client, revoking.has(client))),
  );
  return { cutOff, problems: problems.flat() };
}

async function converge(client: LineageClient, isRevoked: boolean): Promise<string[]> {
  const done = await untilAnswered(() => (isRevoked ? client.revoke() : client.refresh()));
  if (done.verdict !== 'good') return [`after the kill: ${done.detail}`];
  const next = await untilAnswered(() => client.refresh());
  if (isRevoked) return next.detail === '400 invalid_grant' ? [] : ['a revoked grant lives'];
  return next.verdict === 'good' ? [] : [`the refresh after that: ${next.detail}`];
}

async function untilAnswered(request: () => Promise<Outcome>): Promise<Outcome> {
  for (let n = 0; ; n += 1) {
    const outcome = await request();
    const isAnswer = outcome.verdict === 'good' || outcome.verdict === 'refused';
    if (isAnswer || n === RETRIES) return outcome;
    await sleep(PAUSE_MS);
  }
}
