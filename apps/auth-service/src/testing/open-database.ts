/** An open PostgresDatabase on a database of its own, for tests of the stores. */
import { PostgresDatabase } from '../storage/postgres/postgres.database.js';
import { createTestDatabase } from '../storage/testing/test-database.js';

/** @returns the database, its connection string, and what closes and drops it */
export async function openTestDatabase(): Promise<{
  database: PostgresDatabase;
  url: string;
  close: () => Promise<void>;
}> {
  const { url, drop } = await createTestDatabase();
  const database = await openDatabase(url);
  return {
    database,
    url,
    close: async () => {
      await database.onApplicationShutdown();
      await drop();
    },
  };
}

/** A further process's view of the same database; close it by `onApplicationShutdown()`. */
export async function openDatabase(url: string): Promise<PostgresDatabase> {
  const database = new PostgresDatabase({
    databaseUrl: url,
    redis: undefined,
    redisKeyPrefix: '',
    dataDirectory: '/nonexistent',
    requireNoEviction: false,
    migrations: 'run',
    startTimeoutMs: 0,
  });
  await database.onModuleInit();
  return database;
}
