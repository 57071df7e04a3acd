/** Notices a machine whose clock is far off: it would sign at the wrong time, and with wrong times. */

/** What differs by less is no problem: the lead is far longer, and resource servers tolerate as much. */
const TOLERANCE_MS = 10_000;

/**
 * Compares this machine's time before and after the store was asked with what it answered; all in
 * milliseconds since the epoch.
 *
 * @returns a sentence for the operator, or null
 */
export function findClockProblem(
  beforeMs: number,
  storeMs: number,
  afterMs: number,
): string | null {
  const aheadMs = beforeMs - storeMs;
  const behindMs = storeMs - afterMs;
  if (Math.max(aheadMs, behindMs) <= TOLERANCE_MS) return null;
  const [offMs, direction] = aheadMs > 0 ? [aheadMs, 'ahead of'] : [behindMs, 'behind'];
  const seconds = Math.round(offMs / 1000);
  return `the clock of this machine is ${seconds} seconds ${direction} PostgreSQL's: synchronise both`;
}
