/** How rules ask PostgreSQL: once each, and no longer than a few seconds. */
import pg from 'pg';
import { type Deployment, type Finding } from './diagnosis.js';

/** How long a store has to answer. */
export const STORE_TIMEOUT_MS = 5000;

const NOTHING: readonly Finding[] = [];

/** For rules that have nothing to say where PostgreSQL is out of reach: another one says that. */
export function quietly(ask: (client: pg.Client) => Promise<readonly Finding[]>) {
  return (deployment: Deployment) => onPostgres(deployment, ask).catch(() => NOTHING);
}

/** Asks a connection of its own; nothing where no PostgreSQL is configured. */
export async function onPostgres(
  { environment: { DATABASE_URL: connectionString } }: Deployment,
  ask: (client: pg.Client) => Promise<readonly Finding[]>,
): Promise<readonly Finding[]> {
  if (connectionString === undefined) return NOTHING;
  const client = new pg.Client({
    connectionString,
    connectionTimeoutMillis: STORE_TIMEOUT_MS,
    query_timeout: STORE_TIMEOUT_MS,
  });
  // What breaks while it is asked is told by the question.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await ask(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** What went wrong, in the words of whoever noticed. */
export function causeOf(error: unknown): string {
  const { code, message } = error as { code?: string; message?: string };
  return message || code || String(error);
}
