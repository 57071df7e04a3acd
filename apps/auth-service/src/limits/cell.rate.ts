/** The generic cell rate algorithm: one time a key says how far ahead of its rate it is. */
import { emissionMs } from './request.rate.js';
import { type Settled, type Settlement } from './request-rate.store.js';

/** What a sum of many small times may be off, in cells. */
export const ROUNDING_CELLS = 0.001;

/**
 * Charges what was let through already, then asks for more.
 *
 * @param atMs the theoretical arrival time of the key; undefined where nothing is remembered of it
 * @param nowMs of the clock that wrote `atMs`
 * @returns the answer, and the theoretical arrival time to remember
 * @see ITU-T I.371 annex A, virtual scheduling
 */
export function settleCells(
  atMs: number | undefined,
  { rate, spent, taking }: Pick<Settlement, 'rate' | 'spent' | 'taking'>,
  nowMs: number,
): { readonly settled: Settled; readonly atMs: number } {
  const emission = emissionMs(rate);
  const tolerance = emission * rate.burst;
  // Further ahead than two bursts: the clock went back, and nobody is to wait for it.
  let at = Math.min(Math.max(atMs ?? nowMs, nowMs), nowMs + 2 * tolerance) + spent * emission;
  let available = Math.floor((nowMs + tolerance - at) / emission + ROUNDING_CELLS);
  const granted = available >= taking;
  if (granted) {
    at += taking * emission;
    available -= taking;
  }
  const waitMs = available >= 1 ? 0 : Math.max(1, Math.ceil(at + emission - tolerance - nowMs));
  return { settled: { granted, available, waitMs }, atMs: at };
}
