import { PostgresDatabase } from '../storage/postgres/postgres.database.js';
import { KeyRing } from '../keys/key.ring.js';
import { TestApplication } from '../testing/test-application.js';

describe('health', () => {
  let server: TestApplication;
  beforeAll(async () => {
    server = await TestApplication.start();
  });
  afterAll(() => server.stop());

  it('is alive and ready', async () => {
    expect((await fetch(server.url('/health/live'))).status).toBe(200);
    const response = await fetch(server.url('/health/ready'));
    expect(response.status).toBe(200);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(await response.json()).toMatchObject({
      status: 'ok',
      details: {
        postgres: { status: 'up' },
        redis: { status: 'up' },
        signing_key: { status: 'up' },
      },
    });
  });

  it('is not ready without a key that may sign, and stays alive', async () => {
    const { manager } = server.app.get(PostgresDatabase, { strict: false });
    // Another one would be made at once.
    await manager.query(
      `ALTER TABLE signing_key ADD CONSTRAINT no_more CHECK (status = 'revoked') NOT VALID`,
    );
    await manager.query(`UPDATE signing_key SET status = 'revoked'`);
    await server.app.get(KeyRing).refresh();
    const response = await fetch(server.url('/health/ready'));
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({
      status: 'error',
      error: { signing_key: { status: 'down' } },
    });
    expect((await fetch(server.url('/health/live'))).status).toBe(200);
    await expect(server.token('shop')).rejects.toThrow(/temporarily_unavailable/);
  });
});
