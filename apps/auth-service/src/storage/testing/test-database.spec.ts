import { Client } from 'pg';
import { createTestDatabase } from './test-database.js';

describe('createTestDatabase', () => {
  const connect = async (url: string) => {
    const client = new Client({ connectionString: url });
    // The server ends a connection to a database that is dropped; that is the point here.
    client.on('error', () => undefined);
    await client.connect();
    return client;
  };

  it('gives every caller an empty database, and drops it although somebody is connected', async () => {
    const [one, other] = [await createTestDatabase(), await createTestDatabase()];
    expect(one.url).not.toBe(other.url);
    const client = await connect(one.url);
    await client.query('CREATE TABLE mine (id int)');
    const stranger = await connect(other.url);
    const tables = `SELECT count(*)::int AS n FROM pg_tables WHERE schemaname = 'public'`;
    expect((await stranger.query(tables)).rows).toEqual([{ n: 0 }]);
    await one.drop();
    await one.drop();
    await other.drop();
    await expect(connect(one.url)).rejects.toMatchObject({ code: '3D000' });
    await Promise.allSettled([client.end(), stranger.end()]);
  });

  it('says how to get a server where none is named', async () => {
    const url = process.env['DATABASE_URL'];
    delete process.env['DATABASE_URL'];
    try {
      await expect(createTestDatabase()).rejects.toThrow('DATABASE_URL is not set. `npm test`');
    } finally {
      process.env['DATABASE_URL'] = url;
    }
  });
});
