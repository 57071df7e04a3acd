/** Tells a PostgreSQL that is down from a statement that is wrong. */
import { OAuthError, TemporarilyUnavailableError } from '@keyward/oauth';
import pg from 'pg';
import {
  QueryFailedError,
  QueryRunnerAlreadyReleasedError,
  QueryRunnerProviderAlreadyReleasedError,
  TypeORMError,
} from 'typeorm';

// Connection trouble, resources, operator intervention (shutdown, cancelled statement), failures of
// the system underneath, a transaction to repeat, a server that is read-only after a fail-over.
const PASSING = /^(08|53|57|58|40|25006)/;
const UNIQUE_VIOLATION = '23505';

/**
 * Runs a store's statement.
 * @throws TemporarilyUnavailableError where the database cannot answer; a bug stays what it is
 */
export async function onPostgres<T>(statement: () => Promise<T>): Promise<T> {
  try {
    return await statement();
  } catch (error) {
    if (!isUnavailable(error)) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new TemporarilyUnavailableError(
      'the server cannot answer now',
      `PostgreSQL is unavailable: ${reason}`,
      undefined,
      { cause: error },
    );
  }
}

/** Whether a row that must be unique is there already. */
export function isUniqueViolation(error: unknown): boolean {
  const cause: unknown = error instanceof QueryFailedError ? error.driverError : error;
  return cause instanceof pg.DatabaseError && cause.code === UNIQUE_VIOLATION;
}

/** Whether the same statement may succeed later, by itself. */
export function isUnavailable(error: unknown): boolean {
  const cause: unknown = error instanceof QueryFailedError ? error.driverError : error;
  // What was decided inside of a transaction is no word of the database.
  if (cause instanceof OAuthError) return false;
  if (cause instanceof pg.DatabaseError) return PASSING.test(cause.code ?? '');
  // A connection that broke between two statements of a transaction: TypeORM gives it back itself.
  if (cause instanceof QueryRunnerAlreadyReleasedError) return true;
  if (cause instanceof QueryRunnerProviderAlreadyReleasedError) return true;
  // What is left comes from the socket or the pool, for which pg has no error classes, or is a bug.
  return !(cause instanceof TypeORMError || isBug(cause));
}

function isBug(error: unknown): boolean {
  return [TypeError, RangeError, ReferenceError, SyntaxError].some((bug) => error instanceof bug);
}
