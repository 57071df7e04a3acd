/** What is looked at while resource servers cannot hear their issuer, or only not its feed. */
import { type FaultStage } from './fault.js';
import { MAX_STALENESS_SECONDS, type Policy } from './world/fault.world.js';

/** Until every feed is stale, and for a while after. */
export const CUT_MS = (MAX_STALENESS_SECONDS + 5) * 1000;

/**
 * Revokes nothing itself: takes the newest token that was revoked since the cut, and holds the answers of each
 * policy against what the policy says.
 * @param expected the status of that token by policy
 */
export async function holdAgainstPolicies(
  { load, broken }: FaultStage,
  expected: Readonly<Record<Policy, number>>,
): Promise<void> {
  const revoked = load.revoked.at(-1);
  if (revoked === undefined) return broken('nothing was revoked during the cut');
  for (const [policy, status] of Object.entries(expected) as [Policy, number][]) {
    const answer = await load.callResource(policy, revoked);
    if (answer.status !== status) {
      broken(`${policy}: a token revoked during the cut got ${answer.status}, not ${status}`);
    }
  }
}
