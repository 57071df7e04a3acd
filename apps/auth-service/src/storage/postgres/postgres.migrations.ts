/** Brings the schema up to date beside replicas that serve, one migrating process at a time. */
import { setTimeout as sleep } from 'node:timers/promises';
import { DataSource, QueryFailedError, type QueryRunner } from 'typeorm';
import { StartupError } from '../../config/startup.error.js';
import { ADVISORY_LOCKS } from './advisory.lock.js';
import {
  MIGRATION_LOCK_TIMEOUT_MS,
  MIGRATION_STATEMENT_TIMEOUT_MS,
  MIGRATIONS,
  migrationOptions,
  MIGRATIONS_TABLE,
} from './postgres.options.js';
import { type MigrationClass, tooOld, unknownRequirements } from './schema.requirements.js';

const TURN_POLL_MS = 200;
const FIRST_RETRY_MS = 500;
const MAX_RETRY_MS = 10_000;
const PATIENCE_MS = 300_000;

const LOCK_NOT_AVAILABLE = '55P03';
const DEADLOCK = '40P01';
const QUERY_CANCELED = '57014';

/** How migrations are run. */
export interface MigrationRun {
  /** Default: those of this release. */
  readonly migrations?: readonly MigrationClass[];
  /** Told each time that a lock could not be had. */
  readonly onWait?: (line: string) => void;
  /** How long locks are asked for again before it is given up. Default: 5 minutes. */
  readonly patienceMs?: number;
}

/**
 * Runs the migrations that are still to run. Replicas that boot together wait for their turn, and the
 * second one finds nothing to do. A process that dies loses its turn with its connection.
 *
 * A statement that needs a lock waits for it no longer than a second: whoever comes after it for the same
 * table waits behind it. Then the migration is rolled back and tried again, later each time.
 *
 * @returns the names of those that ran
 * @throws StartupError where a lock cannot be had, a statement takes too long, or the schema is of a
 *   later release that this one cannot run on
 */
export async function migrate(url: string, run: MigrationRun = {}): Promise<readonly string[]> {
  const { migrations = MIGRATIONS } = run;
  const dataSource = await new DataSource(migrationOptions(url, migrations)).initialize();
  try {
    const turn = dataSource.createQueryRunner();
    try {
      await takeTurn(turn);
      await demandKnown(dataSource, migrations);
      const before = await namesOfRun(dataSource);
      await runPatiently(dataSource, run);
      await turn.query('SELECT pg_advisory_unlock($1)', [ADVISORY_LOCKS.migrations]);
      const had = new Set(before);
      return (await namesOfRun(dataSource)).filter((name) => !had.has(name));
    } finally {
      await turn.release();
    }
  } finally {
    await dataSource.destroy();
  }
}

/** The names of a release's migrations that have not run; it needs no right to change the schema. */
export async function pendingMigrations(
  url: string,
  migrations: readonly MigrationClass[] = MIGRATIONS,
): Promise<readonly string[]> {
  return looking(url, async (dataSource) => {
    const ran = new Set(await namesOfRun(dataSource));
    return migrations.map(({ name }) => name).filter((name) => !ran.has(name));
  });
}

/** The migrations that a release has to know to run on this schema, and does not. */
export function missingRequirements(
  url: string,
  migrations: readonly MigrationClass[] = MIGRATIONS,
): Promise<readonly string[]> {
  return looking(url, (dataSource) => unknownRequirements(dataSource, migrations));
}

async function demandKnown(
  dataSource: DataSource,
  migrations: readonly MigrationClass[],
): Promise<void> {
  const [unknown] = await unknownRequirements(dataSource, migrations);
  if (unknown !== undefined) throw tooOld(unknown);
}

async function looking<T>(url: string, look: (dataSource: DataSource) => Promise<T>): Promise<T> {
  const dataSource = await new DataSource(migrationOptions(url)).initialize();
  try {
    return await look(dataSource);
  } finally {
    await dataSource.destroy();
  }
}

async function namesOfRun(dataSource: DataSource): Promise<readonly string[]> {
  const [found] = await dataSource.query<{ found: string | null }[]>(
    'SELECT to_regclass($1) AS found',
    [MIGRATIONS_TABLE],
  );
  if (!found?.found) return [];
  const rows = await dataSource.query<{ name: string }[]>(
    `SELECT name FROM ${MIGRATIONS_TABLE} ORDER BY id`,
  );
  return rows.map(({ name }) => name);
}

// Asked again and again: a statement that waited would hold a snapshot, and an index that the one who has
// the turn builds beside running statements would wait for its end.
async function takeTurn(turn: QueryRunner): Promise<void> {
  for (;;) {
    const [answer] = (await turn.query('SELECT pg_try_advisory_lock($1) AS taken', [
      ADVISORY_LOCKS.migrations,
    ])) as { taken: boolean }[];
    if (answer?.taken === true) return;
    await sleep(TURN_POLL_MS);
  }
}

async function runPatiently(
  dataSource: DataSource,
  { onWait = () => undefined, patienceMs = PATIENCE_MS }: MigrationRun,
): Promise<void> {
  const end = Date.now() + patienceMs;
  for (let retryMs = FIRST_RETRY_MS; ; retryMs = Math.min(retryMs * 2, MAX_RETRY_MS)) {
    try {
      // Each in a transaction of its own: those that ran stay.
      await dataSource.runMigrations();
      return;
    } catch (error) {
      const code = codeOf(error);
      if (code === QUERY_CANCELED) throw tooLong(error);
      if (code !== LOCK_NOT_AVAILABLE && code !== DEADLOCK) throw error;
      if (Date.now() + retryMs > end) throw neverFree(error, patienceMs);
      onWait(
        `a migration got no lock within ${MIGRATION_LOCK_TIMEOUT_MS} ms and was rolled back, ` +
          `so that nobody waits behind it: again in ${retryMs} ms`,
      );
      await sleep(retryMs);
    }
  }
}

function tooLong(cause: unknown): StartupError {
  return new StartupError(
    `a statement took longer than ${MIGRATION_STATEMENT_TIMEOUT_MS} ms while others waited for its locks, ` +
      'and was rolled back',
    { cause },
  );
}

function neverFree(cause: unknown, patienceMs: number): StartupError {
  return new StartupError(
    `for ${patienceMs} ms a lock could not be had: see pg_stat_activity for a transaction that is open for long`,
    { cause },
  );
}

function codeOf(error: unknown): string | undefined {
  return error instanceof QueryFailedError
    ? (error.driverError as { code?: string }).code
    : undefined;
}
