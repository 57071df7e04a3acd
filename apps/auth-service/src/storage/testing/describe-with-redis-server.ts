/** Describes suites that start Redis servers of their own. */
import { RedisTestServer } from './redis-test-server.js';

/**
 * A `describe` that needs the redis-server program. Where there is none it is skipped, and the runner says so;
 * it fails where CI=true, which wants every suite.
 */
export function describeWithRedisServer(name: string, suite: () => void): void {
  // The runner finds the suites that did not run by this ending.
  const title = `${name} (real Redis)`;
  const wanted = RedisTestServer.isInstalled() || process.env['CI'] === 'true';
  (wanted ? describe : describe.skip)(title, suite);
}
