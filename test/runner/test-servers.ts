/** The PostgreSQL and the Redis of one test run: those the environment names, or private ones. */
import {
  EmbeddedPostgresServer,
  RedisTestServer,
  removeDataDirectory,
} from '@keyward/auth-service/testing';
import { join } from 'node:path';
import { Client } from 'pg';
import { createClient } from 'redis';

const INSTALL = '`apt-get install redis-server` (Debian, Ubuntu) or `brew install redis` (macOS)';

/** The servers of a run. */
export class TestServers {
  readonly #stops: (() => Promise<void>)[] = [];
  /** What the tests find in their environment. */
  readonly environment: Record<string, string> = {};

  /** @param directory where the servers that are started keep their data; thrown away by the caller. */
  constructor(private readonly directory: string) {}

  /** Whether the tests have a Redis. */
  get hasRedis(): boolean {
    return this.environment['REDIS_URL'] !== undefined;
  }

  /** Starts what the environment does not name. To be stopped also where this throws. */
  async start(): Promise<void> {
    const databaseUrl = process.env['DATABASE_URL'] || (await this.#startPostgres());
    this.environment['DATABASE_URL'] = databaseUrl;
    const versions = [`PostgreSQL ${await postgresVersion(databaseUrl)}`];
    const redisUrl = process.env['REDIS_URL'] || (await this.#startRedis());
    if (redisUrl === null) {
      this.environment['KEYWARD_TEST_WITHOUT_REDIS'] = '1';
    } else {
      this.environment['REDIS_URL'] = redisUrl;
      versions.push(`Redis ${await redisVersion(redisUrl)}`);
    }
    // Part of Nx's cache key: what passed on one version says nothing about another.
    this.environment['KEYWARD_TEST_SERVERS'] = versions.join(', ');
    console.log(`Testing with ${versions.join(' and ')}`);
  }

  /** Stops what was started, and nothing else. Bears repetition. */
  async stop(): Promise<void> {
    for (const stop of this.#stops.splice(0).reverse()) await stop();
  }

  async #startPostgres(): Promise<string> {
    const directory = join(this.directory, 'postgres');
    // Registered first, to run last: for root the data may lie elsewhere, where nobody else removes them.
    this.#stops.push(async () => void (await removeDataDirectory(directory)));
    const server = await EmbeddedPostgresServer.start({
      directory,
      unsafeWithoutFsync: true,
      log: (line) => console.log(line),
    });
    this.#stops.push(() => server.stop());
    return server.url;
  }

  async #startRedis(): Promise<string | null> {
    if (!RedisTestServer.isInstalled()) {
      if (process.env['CI'] !== 'true') return null;
      throw new Error(
        'There is no redis-server on this machine, and with CI=true no suite may be left out. ' +
          `Install it with ${INSTALL}, or set REDIS_URL.`,
      );
    }
    const server = await RedisTestServer.start(this.directory);
    this.#stops.push(() => server.stop());
    return server.url;
  }
}

/** What to do so that no suite is left out. */
export const REDIS_ADVICE = `Install Redis with ${INSTALL}, or set REDIS_URL.`;

async function postgresVersion(url: string): Promise<string> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ server_version: string }>('SHOW server_version');
    return rows[0]?.server_version ?? 'unknown';
  } finally {
    await client.end();
  }
}

async function redisVersion(url: string): Promise<string> {
  const client = createClient({ url, socket: { reconnectStrategy: false } });
  await client.connect();
  try {
    return /^redis_version:(.*)$/m.exec(await client.info('server'))?.[1]?.trim() ?? 'unknown';
  } finally {
    await client.close();
  }
}
