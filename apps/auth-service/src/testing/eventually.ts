/** Waits for what happens behind an answer. */
import { setTimeout as sleep } from 'node:timers/promises';

const LONG_MS = 10_000;

/** What `look` finds once it is as it should be; after a while whatever it is, for the test to judge. */
export async function eventually<Found>(
  look: () => Promise<Found>,
  isRight: (found: Found) => boolean,
): Promise<Found> {
  const end = Date.now() + LONG_MS;
  for (;;) {
    const found = await look();
    if (isRight(found) || Date.now() > end) return found;
    await sleep(50);
  }
}
