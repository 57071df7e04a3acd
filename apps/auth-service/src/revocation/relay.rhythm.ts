/** How often every replica looks for what it must carry to the hot store, and how long others rely on it. */
import { setTimeout as sleep } from 'node:timers/promises';

/** How often what could not be carried at once is looked for: that of a process that died, too. */
export const RELAY_INTERVAL_MS = 1000;
/** A look that comes later than this after the one before: the process stood still meanwhile. */
const LATE_MS = RELAY_INTERVAL_MS + 500;
/**
 * So long after something was recorded every replica has looked at the record since, and has told the
 * hot store or stopped believing it: a look may be late, and 250 ms are left for the record to answer
 * and as much again for whatever else is in the way.
 */
const OUTLAST_MS = LATE_MS + 1000;
const RETRY_MS = 100;

/**
 * Goes on with what failed until it succeeds, or until no replica is left that does not know: for
 * whoever cannot reach the hot store, and must not say "done" while another one can and believes it.
 *
 * @param sinceMs when it was recorded, by `performance.now()`
 * @returns whether it succeeded
 */
export async function outlast(sinceMs: number, attempt: () => Promise<unknown>): Promise<boolean> {
  for (;;) {
    const leftMs = sinceMs + OUTLAST_MS - performance.now();
    if (leftMs <= 0) return false;
    await sleep(Math.min(leftMs, RETRY_MS));
    const isDone = await attempt().then(
      () => true,
      () => false,
    );
    if (isDone) return true;
  }
}

/** Notices when a look came so late that others may have counted on it in vain. */
export class RelayRhythm {
  private lookedAtMs = performance.now();

  /** To be called at each look. @returns whether it is late */
  look(): boolean {
    const nowMs = performance.now();
    const isLate = nowMs - this.lookedAtMs > LATE_MS;
    this.lookedAtMs = nowMs;
    return isLate;
  }
}
