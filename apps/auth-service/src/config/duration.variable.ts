/** Environment variables that hold a duration: whole numbers of their unit, within bounds. */
import { z } from 'zod';

function given(unit: string, min: number, max: number) {
  return z
    .string()
    .regex(/^\d{1,9}$/, `must be a whole number of ${unit}`)
    .transform(Number)
    .refine((value) => value >= min && value <= max, `must be between ${min} and ${max} ${unit}`);
}

function duration(unit: string, fallback: number, min: number, max: number) {
  return given(unit, min, max).prefault(String(fallback));
}

/** One without a default of its own. */
export const optionalMilliseconds = (min: number, max: number) =>
  given('milliseconds', min, max).optional();

export const milliseconds = (fallback: number, min: number, max: number) =>
  duration('milliseconds', fallback, min, max);

export const seconds = (fallback: number, max: number) => duration('seconds', fallback, 1, max);

export const days = (fallback: number, max: number) => duration('days', fallback, 1, max);
