/** What a release has to know to run on this schema: how an older one learns that it is too old. */
import { type DataSource, type MigrationInterface, type QueryRunner } from 'typeorm';
import { StartupError } from '../../config/startup.error.js';

/** A migration; its name is what the schema remembers it by. */
export type MigrationClass = new () => MigrationInterface;

const TABLE = 'schema_requirement';

/**
 * For a migration that takes something away (contract): servers whose release does not know `migration`,
 * by which that was replaced (expand), are refused from now on. Schemas that only have more than a release
 * knows are fine with it.
 */
export async function requireKnown(
  runner: QueryRunner,
  migration: MigrationClass['name'],
): Promise<void> {
  await runner.query(`INSERT INTO ${TABLE} (migration) VALUES ($1) ON CONFLICT DO NOTHING`, [
    migration,
  ]);
}

/** Undoes {@link requireKnown}: what was taken away is there again. */
export async function requireNoMore(runner: QueryRunner, migration: string): Promise<void> {
  await runner.query(`DELETE FROM ${TABLE} WHERE migration = $1`, [migration]);
}

/** Migrations that are required and not among these. */
export async function unknownRequirements(
  dataSource: DataSource,
  migrations: readonly MigrationClass[],
): Promise<readonly string[]> {
  const [found] = await dataSource.query<{ found: string | null }[]>(
    'SELECT to_regclass($1) AS found',
    [TABLE],
  );
  if (!found?.found) return [];
  const rows = await dataSource.query<{ migration: string }[]>(
    `SELECT migration FROM ${TABLE} ORDER BY migration`,
  );
  const known = new Set(migrations.map(({ name }) => name));
  return rows.map(({ migration }) => migration).filter((name) => !known.has(name));
}

/** Why a release that does not know a required migration does not start. */
export function tooOld(unknown: string): StartupError {
  return new StartupError(
    `the schema is of a later release, which took away what this one needs (${unknown} is not known here): ` +
      'start that release, or a later one',
  );
}
