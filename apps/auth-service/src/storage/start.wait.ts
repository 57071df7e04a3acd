/** Waits, at start, for a server that is not there yet. */
import { setTimeout as sleep } from 'node:timers/promises';

const FIRST_PAUSE_MS = 100;
const MAX_PAUSE_MS = 2000;

/** How a start waits. */
export interface StartWait {
  /** How long, in milliseconds; 0: one attempt. */
  readonly timeoutMs: number;
  /** Whether the next attempt may succeed without anybody doing anything. */
  readonly isPassing: (error: unknown) => boolean;
  /** Told once, before the first pause. */
  readonly onWait: (error: unknown) => void;
}

/**
 * The outcome of the first attempt that succeeds. Pauses double up to two seconds, with jitter, so
 * that replicas that start together do not knock together.
 *
 * @throws what the last attempt threw
 */
export async function whenReachable<T>(
  attempt: () => Promise<T>,
  { timeoutMs, isPassing, onWait }: StartWait,
): Promise<T> {
  const endMs = Date.now() + timeoutMs;
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, MAX_PAUSE_MS)) {
    try {
      return await attempt();
    } catch (error) {
      const leftMs = endMs - Date.now();
      if (leftMs <= 0 || !isPassing(error)) throw error;
      if (pauseMs === FIRST_PAUSE_MS) onWait(error);
      await sleep(Math.min(leftMs, pauseMs * (0.5 + Math.random() / 2)));
    }
  }
}
