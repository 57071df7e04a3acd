/** Brings the schema up to date, one replica at a time. */
import { setTimeout as sleep } from 'node:timers/promises';
import { DataSource, type QueryRunner } from 'typeorm';
import { ADVISORY_LOCKS } from './advisory.lock.js';
import { MIGRATIONS, migrationOptions, MIGRATIONS_TABLE } from './postgres.options.js';

const TURN_POLL_MS = 200;

/**
 * Runs the migrations that are still to run. Replicas that boot together queue at the lock, and the
 * second one finds nothing to do. A process that dies loses the lock with its connection.
 *
 * @returns the names of those that ran
 */
export async function migrate(url: string): Promise<readonly string[]> {
  const dataSource = await new DataSource(migrationOptions(url)).initialize();
  try {
    const lock = dataSource.createQueryRunner();
    try {
      await takeTurn(lock);
      const executed = await dataSource.runMigrations();
      await lock.query('SELECT pg_advisory_unlock($1)', [ADVISORY_LOCKS.migrations]);
      return executed.map(({ name }) => name);
    } finally {
      await lock.release();
    }
  } finally {
    await dataSource.destroy();
  }
}

// Asked again and again: a statement that waited would hold a snapshot, and an index that the one who has
// the lock builds beside running statements would wait for its end.
async function takeTurn(lock: QueryRunner): Promise<void> {
  for (;;) {
    const [answer] = (await lock.query('SELECT pg_try_advisory_lock($1) AS taken', [
      ADVISORY_LOCKS.migrations,
    ])) as { taken: boolean }[];
    if (answer?.taken === true) return;
    await sleep(TURN_POLL_MS);
  }
}

/** The names of this release's migrations that have not run; it needs no right to change the schema. */
export async function pendingMigrations(url: string): Promise<readonly string[]> {
  const dataSource = await new DataSource(migrationOptions(url)).initialize();
  try {
    const [found] = await dataSource.query<{ found: string | null }[]>(
      'SELECT to_regclass($1) AS found',
      [MIGRATIONS_TABLE],
    );
    const rows = found?.found
      ? await dataSource.query<{ name: string }[]>(`SELECT name FROM ${MIGRATIONS_TABLE}`)
      : [];
    const ran = new Set(rows.map(({ name }) => name));
    return MIGRATIONS.map(({ name }) => name).filter((name) => !ran.has(name));
  } finally {
    await dataSource.destroy();
  }
}
