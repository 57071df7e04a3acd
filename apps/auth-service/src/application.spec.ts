import { createTestDatabase } from './storage/testing/test-database.js';
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

  it('says which server it cannot reach, and not with what password', async () => {
    const database = {
      url: 'postgres://keyward:a-password@127.0.0.1:1/keyward',
      drop: async () => undefined,
    };
    const error = await TestApplication.start({ database }).catch((e: unknown) => e);
    expect(String(error)).toMatch(/PostgreSQL cannot be used \(DATABASE_URL\): .*ECONNREFUSED/);
    expect(String(error)).not.toContain('a-password');
  });
});
