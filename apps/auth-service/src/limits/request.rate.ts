/** How many requests are taken in which time, in the notation of the configuration: `100/s burst 300`. */

/** A rate, and how far ahead of it one may be. */
export interface RequestRate {
  /** Requests a period in the long run. */
  readonly count: number;
  readonly periodMs: number;
  /** Requests that may follow each other at once. */
  readonly burst: number;
}

const NOTATION = /^(\d{1,7})\/(s|m|h|d)(?: burst (\d{1,8}))?$/;

const PERIOD_MS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/**
 * @param text `count/period`, the period one of `s`, `m`, `h`, `d`; then ` burst n`, by default the count
 * @returns null for anything else
 */
export function parseRequestRate(text: string): RequestRate | null {
  const [, counted, period, burst = counted] = NOTATION.exec(text) ?? [];
  const count = Number(counted);
  if (!(count > 0) || !(Number(burst) > 0)) return null;
  return { count, periodMs: PERIOD_MS[period as keyof typeof PERIOD_MS], burst: Number(burst) };
}

/** The time in which one request is made up for, in milliseconds. */
export function emissionMs({ count, periodMs }: RequestRate): number {
  return periodMs / count;
}
