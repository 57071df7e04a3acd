/** `node dist/migrate.js`: brings the schema up to date and ends, before the servers of a release start. */
import 'reflect-metadata';
import { migrationConfig } from './config/migration.config.js';
import { StartupError } from './config/startup.error.js';
import { migrateWhenReachable } from './storage/postgres/postgres.start.js';

const USAGE = 'usage: migrate   (DATABASE_URL says where, by a role that owns the schema)';

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function complain(error: unknown): void {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
}

if (process.argv.length > 2) {
  complain(USAGE);
  process.exitCode = 2;
} else {
  try {
    const { databaseUrl, startTimeoutMs } = migrationConfig(process.env);
    const ran = await migrateWhenReachable(databaseUrl, startTimeoutMs, print);
    print(
      ran.length === 0
        ? 'the schema is up to date'
        : `ran ${ran.length} migration(s): ${ran.join(', ')}`,
    );
  } catch (error) {
    complain(error instanceof StartupError ? error.message : error);
    process.exitCode = 1;
  }
}
