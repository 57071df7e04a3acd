/** Lets one fault happen under load, waits until all is well, and looks for what must not have happened. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Fault, type FaultStage } from './fault.js';
import { findBroken, type FaultReport, type JudgementOptions, reportOf } from './fault.report.js';
import { LineageClient } from './load/lineage.client.js';
import { type MixedLoad } from './load/mixed.load.js';
import { type FaultWorld } from './world/fault.world.js';

const CALM_MS = 1500;
const LIMIT_MS = 60_000;
const RECOVERY_LIMIT_MS = 30_000;
const DOOMED = 2;
const RETRY_PAUSE_MS = 100;
/** Tokens that are held against every resource server afterwards. */
const REVOKED_SAMPLE = 5;

export async function runFault(
  fault: Fault,
  world: FaultWorld,
  load: MixedLoad,
  options: JudgementOptions = {},
): Promise<FaultReport> {
  const broken: string[] = [];
  const stage: FaultStage = { world, load, broken: (what) => broken.push(what) };
  if (!(await isCalm(load, performance.now(), LIMIT_MS))) {
    broken.push(`before it began: ${load.ledger.unwell(0, CALM_MS).join(', ')} not well`);
  }
  await load.stocked();
  const doomed = (await world.seedGrants(DOOMED)).map((grant) => new LineageClient(world, grant));
  for (const client of doomed) await client.refresh();
  load.ledger.begin();
  const tooLate = new AbortController();
  const revoked = sleep(300).then(() => Promise.all(doomed.map((c) => revoke(c, tooLate.signal))));
  await fault.inflict(stage);
  const over = performance.now();
  const { recoversWithinMs = RECOVERY_LIMIT_MS } = fault;
  setTimeout(() => tooLate.abort(), LIMIT_MS).unref();
  if (!(await isCalm(load, over, recoversWithinMs))) {
    const unwell = load.ledger.unwell(over, CALM_MS).join(', ');
    broken.push(`not well again within ${recoversWithinMs / 1000} s: ${unwell}`);
  }
  const recoveryMs = load.ledger.recoveryAfter(over);
  broken.push(...findBroken(fault, load.ledger, options));
  const report = reportOf(fault, load.ledger, recoveryMs, broken);
  await fault.inspect?.(stage);
  broken.push(...(await revoked).filter((problem) => problem !== null));
  broken.push(...(await findRevived(load, doomed)));
  return report;
}

/** Whether everything that was sent after `since` is answered well, and has been for a while, within the limit. */
async function isCalm({ ledger }: MixedLoad, since: number, limitMs: number): Promise<boolean> {
  for (const end = performance.now() + limitMs; performance.now() < end; await sleep(50)) {
    const isWell = ledger.unwell(since, CALM_MS).length === 0;
    if (isWell && !ledger.awaitsAnswersSentBefore(since)) return true;
  }
  return false;
}

/** Revokes its grant, for as long as it takes until the server says that it is done. */
async function revoke(client: LineageClient, tooLate: AbortSignal): Promise<string | null> {
  while (!tooLate.aborted) {
    if ((await client.revoke()).verdict === 'good') return null;
    await sleep(RETRY_PAUSE_MS);
  }
  return `the grant ${client.grant.grantId} could not be revoked within a minute after it`;
}

/** What was revoked, and is good nevertheless. */
async function findRevived(load: MixedLoad, doomed: readonly LineageClient[]): Promise<string[]> {
  const problems: string[] = [];
  for (const client of doomed) {
    const { verdict, detail } = await client.refresh();
    if (verdict === 'good') problems.push('a revoked grant was refreshed');
    else if (detail !== '400 invalid_grant') problems.push(`a revoked grant: ${detail}`);
  }
  for (const token of load.revoked.slice(-REVOKED_SAMPLE)) {
    if (await isTakenForLive(load, token)) problems.push('a revoked access token is active');
    for (const policy of ['accept', 'introspect', 'reject'] as const) {
      const isRefused = async () => (await load.callResource(policy, token)).status === 401;
      if (!(await comesTrue(isRefused))) problems.push(`${policy}: takes a revoked access token`);
    }
  }
  return problems;
}

/** Asks until it is told. */
async function isTakenForLive(load: MixedLoad, token: string): Promise<boolean> {
  let isActive: boolean | null = null;
  await comesTrue(async () => (isActive = await load.isActive(token)) !== null);
  return isActive !== false;
}

async function comesTrue(condition: () => Promise<boolean>): Promise<boolean> {
  for (const end = performance.now() + RECOVERY_LIMIT_MS; performance.now() < end;) {
    if (await condition().catch(() => false)) return true;
    await sleep(RETRY_PAUSE_MS);
  }
  return false;
}
