import { setTimeout as sleep } from 'node:timers/promises';
import { TemporarilyUnavailableError } from '@keyward/oauth';
import { FaultProxy } from '../../testing/fault-proxy.js';
import { openDatabase } from '../../testing/open-database.js';
import { createTestDatabase } from '../testing/test-database.js';
import { onPostgres } from './postgres.error.js';

describe('onPostgres', () => {
  it('calls a database that is cut off, stopped or too slow unavailable, and a bug a bug', async () => {
    const { url, drop } = await createTestDatabase();
    const proxy = await FaultProxy.to(url);
    const database = await openDatabase(proxy.url);
    const query = (sql: string) => onPostgres(() => database.manager.query(sql));
    await expect(query('SELECT 1')).resolves.toHaveLength(1);

    await expect(query('SELECT pg_terminate_backend(pg_backend_pid())')).rejects.toThrow(
      TemporarilyUnavailableError,
    );
    await expect(query('SELECT pg_sleep(10)')).rejects.toThrow(TemporarilyUnavailableError);
    await expect(query('SELECT nonsense')).rejects.toThrow(/column "nonsense" does not exist/);
    await expect(query('SELECT 1/0')).rejects.not.toBeInstanceOf(TemporarilyUnavailableError);
    const interrupted = onPostgres(() =>
      database.manager.transaction(async (manager) => {
        const [backend] = await manager.query<{ pid: number }[]>('SELECT pg_backend_pid() AS pid');
        await database.manager.query('SELECT pg_terminate_backend($1)', [backend?.pid]);
        // Until the connection has noticed.
        await sleep(200);
        await manager.query('SELECT 1');
      }),
    );
    await expect(interrupted).rejects.toThrow(TemporarilyUnavailableError);
    const bug = new TypeError('a bug');
    await expect(onPostgres(() => Promise.reject(bug))).rejects.toBe(bug);

    proxy.become('refuse');
    await expect(query('SELECT 1')).rejects.toThrow(TemporarilyUnavailableError);
    proxy.become('pass');
    await expect(query('SELECT 1')).resolves.toHaveLength(1);
    await database.onApplicationShutdown();
    await proxy.close();
    await drop();
  });
});
