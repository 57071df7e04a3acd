/** Describes suites that run on a real Redis. */
import { randomBytes } from 'node:crypto';
import { createClient } from 'redis';
import { requireServer } from './required-server.js';

/** How a suite reaches its part of the Redis server. */
export interface RedisAccess {
  readonly url: string;
  /** With what every key of the suite begins: `keyward-test-<random>:`. */
  readonly keyPrefix: string;
}

/**
 * A `describe` on the Redis of REDIS_URL, on keys of its own, which are removed at the end.
 * Where the runner found no Redis (KEYWARD_TEST_WITHOUT_REDIS), the suite is skipped, and the runner says so.
 * @param suite is given a function to be called from tests and hooks.
 */
export function describeWithRedis(name: string, suite: (redis: () => RedisAccess) => void): void {
  // The runner finds the suites that did not run by this ending.
  const title = `${name} (real Redis)`;
  const keyPrefix = `keyward-test-${randomBytes(8).toString('hex')}:`;
  const access = () => ({ url: requireServer('REDIS_URL'), keyPrefix });
  if (process.env['KEYWARD_TEST_WITHOUT_REDIS']) {
    describe.skip(title, () => suite(access));
    return;
  }
  describe(title, () => {
    afterAll(() => removeKeys(access()));
    suite(access);
  });
}

async function removeKeys({ url, keyPrefix }: RedisAccess): Promise<void> {
  const client = createClient({ url });
  await client.connect();
  try {
    for await (const keys of client.scanIterator({ MATCH: `${keyPrefix}*`, COUNT: 1000 })) {
      if (keys.length > 0) await client.unlink(keys);
    }
  } finally {
    await client.close();
  }
}
