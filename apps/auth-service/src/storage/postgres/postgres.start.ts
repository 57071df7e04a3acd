/** What happens to PostgreSQL at a start: it is waited for, and its schema is what this release needs. */
import { StartupError } from '../../config/startup.error.js';
import { whenReachable } from '../start.wait.js';
import { tooOld } from './schema.requirements.js';
import { isUnavailable } from './postgres.error.js';
import { migrate, missingRequirements, pendingMigrations } from './postgres.migrations.js';

/**
 * Does `work` as soon as PostgreSQL can be reached.
 * @param log told once that there is something to wait for
 * @throws whatever `work` threw at last
 */
export function whenPostgresIsReachable<T>(
  work: () => Promise<T>,
  timeoutMs: number,
  log: (line: string) => void,
): Promise<T> {
  return whenReachable(work, {
    timeoutMs,
    isPassing: (error) => !(error instanceof StartupError) && isUnavailable(error),
    onWait: (error) =>
      log(`waiting for PostgreSQL, for ${timeoutMs} ms at most: ${postgresProblem(error)}`),
  });
}

/**
 * Migrates, in one process.
 * @returns the names of the migrations that ran
 * @throws StartupError saying why it cannot be done
 */
export async function migrateWhenReachable(
  url: string,
  timeoutMs: number,
  log: (line: string) => void,
): Promise<readonly string[]> {
  try {
    return await whenPostgresIsReachable(() => migrate(url, { onWait: log }), timeoutMs, log);
  } catch (error) {
    throw new StartupError(`cannot migrate (DATABASE_URL): ${postgresProblem(error)}`, {
      cause: error,
    });
  }
}

/**
 * Migrations that this release does not know are fine, unless one of them took away what it needs.
 * @throws StartupError where this release needs migrations that have not run, or is too old
 */
export async function requireMigrated(url: string): Promise<void> {
  const [unknown] = await missingRequirements(url);
  if (unknown !== undefined) throw tooOld(unknown);
  const pending = await pendingMigrations(url);
  if (pending.length === 0) return;
  throw new StartupError(
    `the schema is behind by ${pending.length} migration(s), the first is ${pending[0]}: ` +
      'run "keyward migrate" of this release, or set AUTH_MIGRATIONS=run',
  );
}

/** What went wrong, in the words of whoever noticed. */
export function postgresProblem(error: unknown): string {
  // One failure for each address of a name comes without words of its own.
  if (error instanceof AggregateError && error.message === '') {
    return error.errors.map(postgresProblem).join('; ');
  }
  return error instanceof Error ? error.message : String(error);
}
