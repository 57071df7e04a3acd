/** What became of a grant, read from the record itself with the environment of the server. */
import { type Answer } from './terminal.js';

/**
 * @returns null where nothing is recorded
 * @throws StartupError where PostgreSQL cannot be used
 */
export async function localHistory(reference: string): Promise<Answer | null> {
  // Loaded here: a command that goes through the server needs no driver of a database.
  const [{ storageConfig }, { GrantHistory }, { grantHistoryText }, audit, grants, postgres] =
    await Promise.all([
      import('../config/storage.config.js'),
      import('../grant/grant.history.js'),
      import('../grant/grant-history.text.js'),
      import('../storage/postgres/postgres-audit.record.js'),
      import('../storage/postgres/postgres-grant.store.js'),
      import('../storage/postgres/postgres.database.js'),
    ]);
  const database = new postgres.PostgresDatabase(storageConfig());
  try {
    await database.openAsItIs();
    const record = new audit.PostgresAuditRecord(database);
    const history = new GrantHistory(record, new grants.PostgresGrantStore(database));
    const explained = await history.explain(reference);
    return explained === null ? null : { text: grantHistoryText(explained), json: explained };
  } finally {
    await database.onApplicationShutdown();
  }
}
