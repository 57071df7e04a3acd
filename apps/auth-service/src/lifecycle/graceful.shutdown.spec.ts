import { type Server } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { type INestApplication } from '@nestjs/common';
import { REVOCATIONS_PATH, REVOCATIONS_READ_SCOPE } from '@keyward/oauth';
import { PostgresDatabase } from '../storage/postgres/postgres.database.js';
import { createTestDatabase, type TestDatabase } from '../storage/testing/test-database.js';
import { FeedReader } from '../testing/feed.reader.js';
import { SHARED_KEY, TestApplication } from '../testing/test-application.js';
import { GracefulShutdown } from './graceful.shutdown.js';

const DRAIN_MS = 1500;

describe('GracefulShutdown', () => {
  let database: TestDatabase;
  let server: TestApplication;
  let shutdown: GracefulShutdown;
  beforeEach(async () => {
    database = await createTestDatabase();
    const environment = { ...SHARED_KEY, AUTH_DRAIN_MS: String(DRAIN_MS) };
    server = await TestApplication.start({ database, environment });
    shutdown = new GracefulShutdown(server.app);
  });
  afterEach(async () => {
    // Where a test failed before it ended; else there is nothing left to do.
    await server.stop();
    await database.drop();
  });

  const isListening = (app: INestApplication) => (app.getHttpServer() as Server).listening;

  it('is not ready and serves on while it drains, then closes its port', async () => {
    const ended = shutdown.run();
    await sleep(DRAIN_MS / 3);
    const ready = await fetch(server.url('/health/ready'));
    expect(ready.status).toBe(503);
    expect(await ready.json()).toMatchObject({ error: { serving: { status: 'down' } } });
    expect(ready.headers.get('connection')).toBe('close');
    expect((await fetch(server.url('/health/live'))).status).toBe(200);
    expect((await server.token('shop')).token_type).toBe('Bearer');
    const url = server.url('/health/live');
    await ended;
    await expect(fetch(url)).rejects.toThrow('fetch failed');
    expect(isListening(server.app)).toBe(false);
  });

  it('answers what is under way when the port closes, with the stores still there', async () => {
    const { manager } = server.app.get(PostgresDatabase, { strict: false });
    // Whoever reads a client waits for this lock.
    const lock = manager.connection.createQueryRunner();
    await lock.startTransaction();
    await lock.query('LOCK TABLE client IN ACCESS EXCLUSIVE MODE');
    const token = server.token('shop');
    await sleep(200);
    const ended = shutdown.run();
    while (isListening(server.app)) await sleep(20);
    await lock.commitTransaction();
    await lock.release();
    expect((await token).token_type).toBe('Bearer');
    await ended;
  });

  it('sends the followers of the feed elsewhere, politely', async () => {
    const { access_token } = await server.token('orders', { scope: REVOCATIONS_READ_SCOPE });
    const reader = await FeedReader.open(server.url(REVOCATIONS_PATH), access_token);
    await reader.caughtUp();
    const ended = shutdown.run();
    await sleep(DRAIN_MS / 3);
    // As long as others may not have noticed, it would only come back here.
    expect(reader.ended).toBe(false);
    await ended;
    await reader.until((one) => one.ended);
    expect(reader.response.complete).toBe(true);
  });
});
