/** Brings the schema up to date, one replica at a time. */
import { DataSource } from 'typeorm';
import { ADVISORY_LOCKS } from './advisory.lock.js';
import { migrationOptions } from './postgres.options.js';

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
      await lock.query('SELECT pg_advisory_lock($1)', [ADVISORY_LOCKS.migrations]);
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
