/** The environment variables of start and end: how long to wait for what. */
import { z } from 'zod';
import { milliseconds, optionalMilliseconds } from './duration.variable.js';

/** Who brings the schema up to date: each server at its start, or `migrate` before any of them. */
export const MIGRATION_MODES = ['run', 'require'] as const;

/** One of {@link MIGRATION_MODES}. */
export type MigrationMode = (typeof MIGRATION_MODES)[number];

/** How long a start waits for PostgreSQL and Redis. */
export const AUTH_START_TIMEOUT_MS = milliseconds(30_000, 0, 600_000);

export const LIFECYCLE_VARIABLES = {
  AUTH_START_TIMEOUT_MS,
  AUTH_DRAIN_MS: optionalMilliseconds(0, 600_000),
  AUTH_SHUTDOWN_TIMEOUT_MS: milliseconds(10_000, 100, 600_000),
  AUTH_MIGRATIONS: z.enum(MIGRATION_MODES, 'must be run or require').default('run'),
};
