/** Migrates by what the environment says of PostgreSQL, and needs no other secret of the server. */
import { migrationConfig } from '../config/migration.config.js';
import { migrateWhenReachable } from '../storage/postgres/postgres.start.js';
import { type Answer } from './terminal.js';

/**
 * @param say told while it waits
 * @throws StartupError where PostgreSQL cannot be used, or the schema not be migrated
 */
export async function migrate(
  environment: NodeJS.ProcessEnv,
  say: (line: string) => void,
): Promise<Answer> {
  const { databaseUrl, startTimeoutMs } = migrationConfig(environment);
  const ran = await migrateWhenReachable(databaseUrl, startTimeoutMs, say);
  const text =
    ran.length === 0
      ? 'the schema is up to date'
      : `ran ${ran.length} migration(s): ${ran.join(', ')}`;
  return { text, json: { ran } };
}
