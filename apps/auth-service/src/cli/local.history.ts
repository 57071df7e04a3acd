/** What became of a grant, read from the record itself with the environment of the server. */
import { eventJson } from '../administration/audit.query.js';
import { grantJson } from '../administration/sign-in.json.js';
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
    if (explained === null) return null;
    const { event, grant, events } = explained;
    const json = {
      event: event === null ? null : eventJson(event),
      grant: grant === null ? null : { ...grantJson(grant), account_id: grant.accountId },
      events: events.map(eventJson),
    };
    return { text: grantHistoryText(explained), json };
  } finally {
    await database.onApplicationShutdown();
  }
}
