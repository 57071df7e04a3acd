/** Gives a test a PostgreSQL database of its own, on the server of DATABASE_URL. */
import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { requireServer } from './required-server.js';

/** A database that nobody else uses. */
export interface TestDatabase {
  /** Its connection string. */
  readonly url: string;
  /** Removes it, and ends the connections to it. Bears repetition. */
  drop(): Promise<void>;
}

/**
 * Creates an empty database `keyward_test_<random>`. No other database of the server is touched.
 * @throws Error where DATABASE_URL names no server.
 */
export async function createTestDatabase(): Promise<TestDatabase> {
  const server = requireServer('DATABASE_URL');
  const name = `keyward_test_${randomBytes(8).toString('hex')}`;
  await execute(server, `CREATE DATABASE ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    drop: () => execute(server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
  };
}

async function execute(server: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: server });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
