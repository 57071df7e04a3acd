/** Environment variables that hold a duration: whole numbers of their unit, within bounds. */
import { z } from 'zod';

function duration(unit: string, fallback: number | null, min: number, max: number) {
  const text = z.string().regex(/^\d{1,9}$/, `must be a whole number of ${unit}`);
  const within = z
    .number()
    .refine((value) => value >= min && value <= max, `must be between ${min} and ${max} ${unit}`);
  return (fallback === null ? text : text.default(String(fallback))).transform(Number).pipe(within);
}

/** One without a default of its own. */
export const optionalMilliseconds = (min: number, max: number) =>
  duration('milliseconds', null, min, max).optional();

export const milliseconds = (fallback: number, min: number, max: number) =>
  duration('milliseconds', fallback, min, max);

export const seconds = (fallback: number, max: number) => duration('seconds', fallback, 1, max);

export const days = (fallback: number, max: number) => duration('days', fallback, 1, max);
