import { decodeProtectedHeader } from 'jose';
import { migrate } from './storage/postgres/postgres.migrations.js';
import { createTestDatabase } from './storage/testing/test-database.js';
import { FaultProxy } from './testing/fault-proxy.js';
import { SHARED_KEY, TestApplication } from './testing/test-application.js';

describe('createApplication', () => {
  it('refuses a configuration with problems before it opens anything', async () => {
    const environment = { NODE_ENV: 'production', AUTH_PORT: 'x' };
    const database = { url: 'postgres://127.0.0.1:1/never', drop: async () => undefined };
    await expect(TestApplication.start({ database, environment })).rejects.toThrow(
      /^the configuration has problems:\n {2}- AUTH_PORT/,
    );
  });

  it('does not start where its signing keys were encrypted with another key', async () => {
    const database = await createTestDatabase();
    const first = await TestApplication.start({ database, environment: SHARED_KEY });
    await first.stop();
    const environment = { AUTH_KEY_ENCRYPTION_KEY: Buffer.alloc(32, 8).toString('base64url') };
    await expect(TestApplication.start({ database, environment })).rejects.toThrow(
      /^signing_key \S+ cannot be decrypted: AUTH_KEY_ENCRYPTION_KEY is not the key/,
    );
    const again = await TestApplication.start({ database, environment: SHARED_KEY });
    expect((await again.token('shop')).token_type).toBe('Bearer');
    await again.stop();
    await database.drop();
  });

  it('re-encrypts its signing keys under a new version, and then needs the old one no longer', async () => {
    const database = await createTestDatabase();
    const encode = (fill: number) => Buffer.alloc(32, fill).toString('base64url');
    const kids = new Set<string>();
    for (const environment of [
      { AUTH_KEY_ENCRYPTION_KEY: encode(1) },
      { AUTH_KEY_ENCRYPTION_KEYS: `1:${encode(1)},2:${encode(2)}` },
      { AUTH_KEY_ENCRYPTION_KEYS: `2:${encode(2)}` },
    ]) {
      const refresh = { AUTH_REFRESH_TOKEN_KEYS: `1:${encode(3)}` };
      const server = await TestApplication.start({
        database,
        environment: { ...refresh, ...environment },
      });
      kids.add(decodeProtectedHeader((await server.token('shop')).access_token).kid ?? '');
      await server.stop();
    }
    expect(kids.size).toBe(1);
    const environment = { AUTH_KEY_ENCRYPTION_KEY: encode(1) };
    await expect(TestApplication.start({ database, environment })).rejects.toThrow(
      /AUTH_KEY_ENCRYPTION_KEYS has no version 2$/,
    );
    await database.drop();
  });

  it('does not start on a schema that is behind where another one migrates, and says how', async () => {
    const database = await createTestDatabase();
    const environment = { AUTH_MIGRATIONS: 'require' };
    await expect(TestApplication.start({ database, environment })).rejects.toThrow(
      /the schema is behind by \d+ migration\(s\), the first is InitialSchema\d+: run "keyward migrate" of this release/,
    );
    await migrate(database.url);
    const server = await TestApplication.start({ database, environment });
    expect((await server.token('shop')).token_type).toBe('Bearer');
    await server.stop();
    await database.drop();
  });

  it('waits for a PostgreSQL that is not there yet', async () => {
    const database = await createTestDatabase();
    const proxy = await FaultProxy.to(database.url);
    proxy.become('refuse');
    setTimeout(() => proxy.become('pass'), 1500);
    const late = { url: proxy.url, drop: () => database.drop() };
    const server = await TestApplication.start({ database: late });
    expect((await server.token('shop')).token_type).toBe('Bearer');
    await server.stop();
    await proxy.close();
    await database.drop();
  });

  it('says which server it cannot reach, and not with what password', async () => {
    const database = {
      url: 'postgres://keyward:a-password@127.0.0.1:1/keyward',
      drop: async () => undefined,
    };
    const environment = { AUTH_START_TIMEOUT_MS: '0' };
    const error = await TestApplication.start({ database, environment }).catch((e: unknown) => e);
    expect(String(error)).toMatch(/PostgreSQL cannot be used \(DATABASE_URL\): .*ECONNREFUSED/);
    expect(String(error)).not.toContain('a-password');
  });
});
