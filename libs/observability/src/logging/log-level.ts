/** How much is written to the log. */
import { type LogLevel as NestLogLevel } from '@nestjs/common';

/** Levels by their names in a line, the gravest first. */
export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const;

/** One of {@link LOG_LEVELS}; it includes all before it. */
export type LogLevel = (typeof LOG_LEVELS)[number];

const NEST_NAMES: Readonly<Record<LogLevel, NestLogLevel>> = {
  fatal: 'fatal',
  error: 'error',
  warn: 'warn',
  info: 'log',
  debug: 'debug',
  trace: 'verbose',
};

/** The levels that a least one includes, as Nest calls them. */
export function nestLevelsFrom(least: LogLevel): NestLogLevel[] {
  return LOG_LEVELS.slice(0, LOG_LEVELS.indexOf(least) + 1).map((level) => NEST_NAMES[level]);
}
