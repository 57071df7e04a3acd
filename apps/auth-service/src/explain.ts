/** `node dist/explain.js <reference>`: why somebody was logged out, from the reference they were given. */
import 'reflect-metadata';
import { storageConfig } from './config/storage.config.js';
import { GrantHistory } from './grant/grant.history.js';
import { grantHistoryText } from './grant/grant-history.text.js';
import { PostgresAuditRecord } from './storage/postgres/postgres-audit.record.js';
import { PostgresGrantStore } from './storage/postgres/postgres-grant.store.js';
import { PostgresDatabase } from './storage/postgres/postgres.database.js';

const USAGE = `usage: explain <reference or grant id>
The reference is in the error_description that the client got, and in the log.`;

async function explain(reference: string): Promise<boolean> {
  const database = new PostgresDatabase(storageConfig());
  try {
    await database.openAsItIs();
    const history = new GrantHistory(
      new PostgresAuditRecord(database),
      new PostgresGrantStore(database),
    );
    const explained = await history.explain(reference);
    print(
      explained === null
        ? 'nothing is recorded under it: it was purged, or is not of this server'
        : grantHistoryText(explained),
    );
    return explained !== null;
  } finally {
    await database.onApplicationShutdown();
  }
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function complain(error: unknown): void {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
}

const [reference, ...rest] = process.argv.slice(2);
if (reference === undefined || rest.length > 0 || reference.startsWith('-')) {
  complain(USAGE);
  process.exitCode = 2;
} else {
  try {
    if (!(await explain(reference))) process.exitCode = 1;
  } catch (error) {
    complain(error);
    process.exitCode = 1;
  }
}
